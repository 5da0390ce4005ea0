package mtls

// Remembered is how many verified chains v holds.
func (v *Verifier) Remembered() int {
	v.known.mu.Lock()
	defer v.known.mu.Unlock()
	if len(v.known.entries) != v.known.recent.Len() {
		panic("the map and the list of chains differ")
	}
	return v.known.recent.Len()
}

// ParseDN returns the form in which names are compared.
func ParseDN(s string) ([]byte, error) { return parseDN(s) }

// ParseLists reads a file of revocation lists and returns how many there are.
func ParseLists(document []byte) (int, error) {
	lists, err := parseLists(document)
	return len(lists), err
}
