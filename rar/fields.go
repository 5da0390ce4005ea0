package rar

import (
	"reflect"
	"slices"
	"strings"
	"sync"
	"unicode"
)

// A field is one that encoding/json decodes into.
type field struct {
	of     reflect.Type
	tagged bool // its tag has a name
	quoted bool // the option string: its value is the text of a JSON string
}

// known are the fields of structs that were decoded into before: as many as the program has.
var known sync.Map // of map[string]field, by reflect.Type

// fieldsOf are the fields of a struct by the names that encoding/json has for them. A member of any other name it would
// ignore: so what counts is its rule, not that of Go's selectors. Of several fields with one name it takes the least
// embedded; of several of these that with a tag; and none where more than one is left.
func fieldsOf(t reflect.Type) map[string]field {
	if fields, ok := known.Load(t); ok {
		return fields.(map[string]field)
	}
	fields, nearer, seen := map[string]field{}, map[string]bool{}, map[reflect.Type]bool{}
	for level := []reflect.Type{t}; len(level) > 0; {
		here := map[string][]field{}
		var below []reflect.Type
		for _, embedded := range level {
			below = append(below, ownFields(embedded, here)...)
		}
		for name, all := range here {
			if f, ok := dominant(all); ok && !nearer[name] {
				fields[name] = f
			}
			nearer[name] = true
		}
		for _, done := range level {
			seen[done] = true
		}
		level = slices.DeleteFunc(below, func(t reflect.Type) bool { return seen[t] })
	}
	known.Store(t, fields)
	return fields
}

// dominant is the one of the fields of one name and depth that is decoded into.
func dominant(all []field) (field, bool) {
	if len(all) > 1 {
		all = slices.DeleteFunc(all, func(f field) bool { return !f.tagged })
	}
	if len(all) != 1 {
		return field{}, false
	}
	return all[0], true
}

// ownFields adds the fields of a struct itself, and returns the structs that are embedded without a name.
func ownFields(t reflect.Type, to map[string][]field) (embedded []reflect.Type) {
	for i := range t.NumField() {
		f := t.Field(i)
		of := f.Type
		if of.Name() == "" && of.Kind() == reflect.Pointer {
			of = of.Elem()
		}
		tag := f.Tag.Get("json")
		if tag == "-" || !f.IsExported() && (!f.Anonymous || of.Kind() != reflect.Struct) {
			continue
		}
		name, options, _ := strings.Cut(tag, ",")
		tagged := usable(name)
		switch {
		case tagged:
		case f.Anonymous && of.Kind() == reflect.Struct:
			embedded = append(embedded, of)
			continue
		default:
			name = f.Name
		}
		to[name] = append(to[name], field{f.Type, tagged, slices.Contains(strings.Split(options, ","), "string") && scalar(of.Kind())})
	}
	return embedded
}

// usable says whether encoding/json takes a name from a tag.
func usable(name string) bool {
	return name != "" && !strings.ContainsFunc(name, func(c rune) bool {
		return !strings.ContainsRune("!#$%&()*+-./:;<=>?@[]^_{|}~ ", c) && !unicode.IsLetter(c) && !unicode.IsDigit(c)
	})
}

// scalar says whether the option string means something for a kind.
func scalar(k reflect.Kind) bool {
	return k >= reflect.Bool && k <= reflect.Float64 || k == reflect.String
}
