package replay

import (
	"crypto/sha256"
	"encoding/binary"
	"math"
	"time"
)

// A key is a hash, so that an entry has the same size however long its identifier is, and so that
// no one can choose where in the map it lands. Of its 256 bits 128 are kept: two identifiers that
// share them, for which someone would have to search 2^64, are refused as one, and nothing worse.
type key [sha256.Size / 2]byte

func keyOf(namespace, id string) key {
	// The length keeps ("a", "bc") and ("ab", "c") apart.
	b := make([]byte, 0, 256)
	b = binary.BigEndian.AppendUint64(b, uint64(len(namespace)))
	b = append(b, namespace...)
	b = append(b, id...)
	sum := sha256.Sum256(b)
	return key(sum[:len(key{})])
}

// second is the whole second at which t is surely over.
func second(t time.Time) int64 { return t.Unix() + 1 }

// nanoseconds is t.UnixNano for every year, capped where that overflows.
func nanoseconds(t time.Time) int64 {
	switch s := t.Unix(); {
	case s >= math.MaxInt64/int64(time.Second):
		return math.MaxInt64
	case s <= math.MinInt64/int64(time.Second):
		return math.MinInt64
	}
	return t.UnixNano()
}
