package metadata

import (
	"reflect"
	"strings"
)

// known are the member names of Document's own fields.
var known = func() map[string]bool {
	document := reflect.TypeFor[Document]()
	names := make(map[string]bool, document.NumField())
	for i := range document.NumField() {
		name, _, _ := strings.Cut(document.Field(i).Tag.Get("json"), ",")
		names[name] = true
	}
	return names
}()
