package fapitest

// A table is one of the store's maps. Its methods need the store's lock; its zero value is empty. Rows are replaced,
// never changed in place, so that a transaction can put the old one back.
type table[Row any] struct {
	rows map[string]Row
}

func (t *table[Row]) get(key string) (Row, bool) {
	row, ok := t.rows[key]
	return row, ok
}

func (t *table[Row]) put(tx *transaction, key string, row Row) {
	t.remember(tx, key)
	if t.rows == nil {
		t.rows = make(map[string]Row)
	}
	t.rows[key] = row
}

func (t *table[Row]) remove(tx *transaction, key string) {
	t.remember(tx, key)
	delete(t.rows, key)
}

func (t *table[Row]) remember(tx *transaction, key string) {
	old, had := t.rows[key]
	tx.onRollback(func() {
		if had {
			t.rows[key] = old
		} else {
			delete(t.rows, key)
		}
	})
}

// An index names the tokens of each request, by signature.
type index struct {
	signatures map[string]map[string]struct{}
}

func (i *index) of(requestID string) map[string]struct{} { return i.signatures[requestID] }

func (i *index) add(tx *transaction, requestID, signature string) {
	if _, known := i.signatures[requestID][signature]; known {
		return
	}
	i.insert(requestID, signature)
	tx.onRollback(func() { i.drop(requestID, signature) })
}

func (i *index) remove(tx *transaction, requestID, signature string) {
	if _, known := i.signatures[requestID][signature]; !known {
		return
	}
	i.drop(requestID, signature)
	tx.onRollback(func() { i.insert(requestID, signature) })
}

func (i *index) insert(requestID, signature string) {
	if i.signatures == nil {
		i.signatures = make(map[string]map[string]struct{})
	}
	if i.signatures[requestID] == nil {
		i.signatures[requestID] = make(map[string]struct{})
	}
	i.signatures[requestID][signature] = struct{}{}
}

func (i *index) drop(requestID, signature string) {
	delete(i.signatures[requestID], signature)
	if len(i.signatures[requestID]) == 0 {
		delete(i.signatures, requestID)
	}
}
