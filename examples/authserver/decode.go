package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// decode reads JSON into a config. Unlike encoding/json it goes on after an error, says where each one is, and finds
// unknown members.
func decode(raw []byte, into *config, found *findings) {
	var whole json.RawMessage
	if err := json.Unmarshal(raw, &whole); err != nil {
		found.syntax = true
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			found.add(position(raw, syntax.Offset), "%s", err)
		} else {
			found.add("JSON", "%s", err)
		}
		return
	}
	decodeValue("", whole, reflect.ValueOf(into).Elem(), found)
}

func position(raw []byte, offset int64) string {
	before := raw[:min(int(offset), len(raw))]
	return fmt.Sprintf("line %d, column %d", 1+bytes.Count(before, []byte("\n")), len(before)-1-bytes.LastIndexByte(before, '\n'))
}

func decodeValue(path string, raw json.RawMessage, v reflect.Value, found *findings) {
	switch {
	case isOwn(v.Type()):
		decodeStruct(path, raw, v, found)
	case v.Kind() == reflect.Slice && isOwn(v.Type().Elem()):
		var elements []json.RawMessage
		if !decodeLeaf(path, raw, &elements, found) {
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), len(elements), len(elements)))
		for i, element := range elements {
			decodeValue(fmt.Sprintf("%s[%d]", path, i), element, v.Index(i), found)
		}
	default:
		decodeLeaf(path, raw, v.Addr().Interface(), found)
	}
}

// isOwn is true for the structs of the configuration itself: types of other packages know how to read themselves.
func isOwn(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && t.PkgPath() == reflect.TypeFor[config]().PkgPath()
}

func decodeStruct(path string, raw json.RawMessage, v reflect.Value, found *findings) {
	var members map[string]json.RawMessage
	if !decodeLeaf(path, raw, &members, found) {
		return
	}
	for _, field := range reflect.VisibleFields(v.Type()) {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		value, ok := members[name]
		if name == "" || !ok {
			continue
		}
		delete(members, name)
		decodeValue(join(path, name), value, v.FieldByIndex(field.Index), found)
	}
	var unknown []string
	for name := range members {
		unknown = append(unknown, name)
	}
	slices.Sort(unknown)
	for _, name := range unknown {
		found.add(join(path, name), "unknown field")
	}
}

func decodeLeaf(path string, raw json.RawMessage, into any, found *findings) bool {
	err := json.Unmarshal(raw, into)
	if err == nil {
		return true
	}
	if path == "" {
		path = "the file"
	}
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		found.add(path, "must be %s, not %s", jsonName(wrong.Type), wrong.Value)
	} else {
		found.add(path, "%s", err)
	}
	return false
}

func jsonName(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "true or false"
	case reflect.Slice:
		return "an array"
	case reflect.Map, reflect.Struct:
		return "an object"
	}
	return "a number"
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}
