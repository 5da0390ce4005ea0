package mtls

import (
	"unicode"
	"unicode/utf8"

	"github.com/fosite-fapi/fosite-fapi/internal/ascii"
)

// text returns the value of an ASN.1 string type as UTF-8. text is false for other types, ok for
// undecodable strings.
func (e element) text() (utf []byte, isText, ok bool) {
	switch e.tag {
	case tagUTF8String:
		return e.value, true, true // appendFolded judges whether it is UTF-8
	case tagNumericString, tagPrintableString, tagIA5String, tagVisibleString:
		for _, b := range e.value {
			if b >= utf8.RuneSelf {
				return nil, true, false
			}
		}
		return e.value, true, true
	case tagTeletexString:
		// T.61 as the world writes it: ISO 8859-1, which is also how crypto/x509 reads it.
		for _, b := range e.value {
			utf = utf8.AppendRune(utf, rune(b))
		}
		return utf, true, true
	case tagBMPString:
		return wide(e.value, 2)
	case tagUniversalString:
		return wide(e.value, 4)
	}
	return nil, false, true
}

// wide decodes UCS-2 and UCS-4, big endian. Neither has surrogates.
func wide(value []byte, width int) (utf []byte, isText, ok bool) {
	if len(value)%width != 0 {
		return nil, true, false
	}
	for ; len(value) > 0; value = value[width:] {
		var r uint32
		for _, b := range value[:width] {
			r = r<<8 | uint32(b)
		}
		if r > unicode.MaxRune || !utf8.ValidRune(rune(r)) {
			return nil, true, false
		}
		utf = utf8.AppendRune(utf, rune(r))
	}
	return utf, true, true
}

// appendFolded appends the form of value under which caseIgnoreMatch (RFC 4517 4.2.11) is equality
// of octets: case folded, each run of white space one space, none at the ends (RFC 4518 2.2 and
// 2.6.1). It is false for what no name should hold: nothing but spaces, control characters (RFC
// 8705, 7.5: NUL), private use, U+FFFD, and octets that are not UTF-8.
func appendFolded(dst, value []byte) ([]byte, bool) {
	start, gap := len(dst), false
	for i := 0; i < len(value); {
		c, r, size := value[i], rune(0), 1
		if c < utf8.RuneSelf {
			c = foldedASCII[c]
		} else if r, size = utf8.DecodeRune(value[i:]); unicode.IsSpace(r) {
			c = ' '
		} else if r == utf8.RuneError || unicode.In(r, unicode.Cc, unicode.Co) {
			c = 0
		}
		i += size
		switch c {
		case 0:
			return dst, false
		case ' ':
			gap = true
			continue
		}
		if gap && len(dst) > start {
			dst = append(dst, ' ')
		}
		gap = false
		if c < utf8.RuneSelf {
			dst = append(dst, c)
		} else {
			dst = appendSmallest(dst, r)
		}
	}
	return dst, len(dst) > start
}

// foldedASCII has what appendFolded makes of ASCII: letters in lower case, white space as space,
// control characters as zero.
var foldedASCII = func() (folded [utf8.RuneSelf]byte) {
	for c := byte(' '); c < 0x7f; c++ {
		folded[c] = ascii.Lower(c)
	}
	for c := byte('\t'); c <= '\r'; c++ {
		folded[c] = ' '
	}
	return folded
}()

// appendSmallest appends the one rune that stands for all that differ from r by case only: of them
// the first, in lower case if it is ASCII.
func appendSmallest(dst []byte, r rune) []byte {
	for {
		following := unicode.SimpleFold(r)
		if following < utf8.RuneSelf {
			return append(dst, ascii.Lower(byte(following)))
		}
		if following <= r {
			return utf8.AppendRune(dst, following)
		}
		r = following
	}
}
