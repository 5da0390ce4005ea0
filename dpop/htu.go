package dpop

import "strings"

// matchesAny reports whether htu names one of urls, after normalisation of both (RFC 9449 4.3-9).
func matchesAny(htu string, urls []string) bool {
	htu = withoutQuery(htu)
	if htu == "" {
		return false
	}
	for _, u := range urls {
		if htu == u {
			return true
		}
	}
	normal, ok := normalize(htu)
	if !ok {
		return false
	}
	for _, u := range urls {
		if other, ok := normalize(u); ok && normal == other {
			return true
		}
	}
	return false
}

// withoutQuery cuts off the query and the fragment.
func withoutQuery(url string) string {
	if i := strings.IndexAny(url, "?#"); i >= 0 {
		return url[:i]
	}
	return url
}

// normalize brings an absolute http or https URL without its query and fragment into the form that RFC 3986 6.2.2
// (syntax-based) and 6.2.3 (scheme-based) lead to. It refuses what isn't a URL by that RFC, user information and
// percent-encoded hosts: an htu has no use for either.
func normalize(url string) (string, bool) {
	scheme, rest, ok := strings.Cut(withoutQuery(url), "://")
	scheme = lower(scheme)
	if !ok || scheme != "https" && scheme != "http" {
		return "", false
	}
	authority, path := rest, ""
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		authority, path = rest[:i], rest[i:]
	}
	host, port, ok := splitAuthority(authority)
	if !ok {
		return "", false
	}
	switch {
	case port == "", scheme == "https" && port == "443", scheme == "http" && port == "80":
	default:
		host += ":" + port
	}
	path, ok = normalizeEscapes(path)
	if !ok {
		return "", false
	}
	return scheme + "://" + lower(host) + removeDotSegments(path), true
}

// splitAuthority separates host and port. The host of an IPv6 address keeps its brackets.
func splitAuthority(authority string) (host, port string, ok bool) {
	end := strings.IndexByte(authority, ':')
	if address, found := strings.CutPrefix(authority, "["); found {
		end = strings.IndexByte(authority, ']') + 1
		if end < len("[:]") || !all(address[:end-2], isAddressByte) {
			return "", "", false
		}
		host, port = authority[:end], authority[end:]
		return host, strings.TrimPrefix(port, ":"), isPort(port)
	}
	if end < 0 {
		end = len(authority)
	}
	host, port = authority[:end], authority[end:]
	return host, strings.TrimPrefix(port, ":"), host != "" && all(host, isNameByte) && isPort(port)
}

// isPort reports whether s is a port with the colon before it, or empty.
func isPort(s string) bool { return s == "" || s[0] == ':' && all(s[1:], isDigit) }

// normalizeEscapes decodes percent-encoded unreserved characters and writes the others' hexadecimal digits in upper case
// (RFC 3986 6.2.2.1, 6.2.2.2).
func normalizeEscapes(path string) (string, bool) {
	plain := true
	for i := range len(path) {
		if !isPathByte(path[i]) {
			if path[i] != '%' {
				return "", false
			}
			plain = false
		}
	}
	if plain {
		return path, true
	}
	const digits = "0123456789ABCDEF"
	out := make([]byte, 0, len(path))
	for i := 0; i < len(path); i++ {
		if path[i] != '%' {
			out = append(out, path[i])
			continue
		}
		if i+2 >= len(path) {
			return "", false
		}
		high, low := strings.IndexByte(digits, upper(path[i+1])), strings.IndexByte(digits, upper(path[i+2]))
		if high < 0 || low < 0 {
			return "", false
		}
		if c := byte(high<<4 | low); isUnreserved(c) {
			out = append(out, c)
		} else {
			out = append(out, '%', digits[high], digits[low])
		}
		i += 2
	}
	return string(out), true
}

// removeDotSegments is RFC 3986 5.2.4 for a path that is empty or starts with a slash, and makes the empty one "/".
func removeDotSegments(path string) string {
	if path == "" {
		return "/"
	}
	if !strings.Contains(path, "/.") {
		return path
	}
	segments := strings.Split(path[1:], "/")
	out := make([]string, 0, len(segments))
	for i, segment := range segments {
		switch segment {
		case "..":
			out = out[:max(len(out)-1, 0)]
			fallthrough
		case ".":
			if i == len(segments)-1 {
				out = append(out, "")
			}
		default:
			out = append(out, segment)
		}
	}
	return "/" + strings.Join(out, "/")
}
