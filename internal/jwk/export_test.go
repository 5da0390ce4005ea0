package jwk

// Len returns how many headers are remembered.
func (m *Memo[V]) Len() int {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return len(m.known)
}

// Remembered reports whether Parse knows a header.
func Remembered(header string) bool {
	_, ok := headers.Recall(header)
	return ok
}
