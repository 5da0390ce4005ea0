package jwk

import "errors"

var errDER = errors.New("jwk: not the DER encoding of an ECDSA signature")

// AppendRaw appends to out the two integers of a DER-encoded ECDSA signature, size bytes each (RFC 7518 3.4). Nothing
// but the one DER encoding of two positive integers that fit is accepted.
func AppendRaw(out, der []byte, size int) ([]byte, error) {
	switch {
	case len(der) > 2 && der[0] == 0x30 && der[1] < 0x80 && int(der[1]) == len(der)-2:
		der = der[2:]
	case len(der) > 3 && der[0] == 0x30 && der[1] == 0x81 && der[2] >= 0x80 && int(der[2]) == len(der)-3:
		der = der[3:]
	default:
		return nil, errDER
	}
	for range 2 {
		if len(der) < 3 || der[0] != 0x02 || der[1] == 0 || int(der[1]) > len(der)-2 {
			return nil, errDER
		}
		n := der[2 : 2+int(der[1])]
		der = der[2+len(n):]
		if n[0] >= 0x80 {
			return nil, errDER
		}
		if n[0] == 0 && len(n) > 1 {
			if n = n[1:]; n[0] < 0x80 {
				return nil, errDER
			}
		}
		if len(n) > size {
			return nil, errDER
		}
		for range size - len(n) {
			out = append(out, 0)
		}
		out = append(out, n...)
	}
	if len(der) != 0 {
		return nil, errDER
	}
	return out, nil
}
