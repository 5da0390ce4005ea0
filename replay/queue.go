package replay

import "container/heap"

// A queue hands out keys in the order in which they expire, to the second. Keys of one second share a
// bucket, and only the buckets are kept in order: adding a key to a bucket that exists is O(1), and
// there are never more buckets than seconds in the longest lifetime.
type queue struct {
	buckets map[int64][]key
	seconds seconds
}

func (q *queue) push(second int64, k key) {
	bucket, ok := q.buckets[second]
	if !ok {
		if q.buckets == nil {
			q.buckets = make(map[int64][]key)
		}
		heap.Push(&q.seconds, second)
	}
	q.buckets[second] = append(bucket, k)
}

// pop returns a key whose second is not after now.
func (q *queue) pop(now int64) (key, bool) {
	if len(q.seconds) == 0 || q.seconds[0] > now {
		return key{}, false
	}
	second := q.seconds[0]
	bucket := q.buckets[second]
	k := bucket[len(bucket)-1]
	if bucket = bucket[:len(bucket)-1]; len(bucket) > 0 {
		q.buckets[second] = bucket
		return k, true
	}
	delete(q.buckets, second)
	heap.Pop(&q.seconds)
	return k, true
}

type seconds []int64

func (s seconds) Len() int           { return len(s) }
func (s seconds) Less(i, j int) bool { return s[i] < s[j] }
func (s seconds) Swap(i, j int)      { s[i], s[j] = s[j], s[i] }
func (s *seconds) Push(x any)        { *s = append(*s, x.(int64)) }
func (s *seconds) Pop() any {
	old := *s
	x := old[len(old)-1]
	*s = old[:len(old)-1]
	return x
}
