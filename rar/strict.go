package rar

import (
	"context"
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

// Decode reads the object into v, a pointer to a struct: strictly. Every member but type has a field of exactly its name in
// v, at each level, and the JSON type of that field; null is for pointers, interfaces and what implements json.Unmarshaler
// without reading text, such as json.RawMessage. The error is [ErrInvalid], without any value of the object, and v is not to
// be used then.
func (d Detail) Decode(v any) error {
	target := reflect.ValueOf(v)
	if target.Kind() != reflect.Pointer || target.IsNil() || target.Elem().Kind() != reflect.Struct {
		return fmt.Errorf("%w: Decode needs a pointer to a struct, got %T", ErrType, v)
	}
	if d.text == "" {
		return fmt.Errorf("%w: an empty Detail", ErrInvalid)
	}
	if err := fits(d.text, target.Type().Elem(), true); err != nil {
		return err
	}
	decoder := json.NewDecoder(strings.NewReader(d.text))
	decoder.UseNumber()
	if err := decoder.Decode(v); err != nil {
		return fmt.Errorf("%w: a field has another JSON type", ErrInvalid) // the cause may quote a value
	}
	return nil
}

// Struct makes the Validate of a [Type] of a struct that has the fields of the type: objects are decoded as
// [Detail.Decode] says, and judge, if it isn't nil, says what else is wrong, such as a required field that is missing.
func Struct[T any](judge func(ctx context.Context, object *T) error) func(context.Context, Detail) error {
	return func(ctx context.Context, d Detail) error {
		object := new(T)
		if err := d.Decode(object); err != nil || judge == nil {
			return err
		}
		return judge(ctx, object)
	}
}

var (
	ownDecoder  = reflect.TypeFor[json.Unmarshaler]()
	textDecoder = reflect.TypeFor[encoding.TextUnmarshaler]()
)

var errNull = fmt.Errorf("%w: a field is null", ErrInvalid)

// fits says why a value can't be decoded into a type without loss: a member has no field of its name, or is null. A type
// that decodes itself judges for itself.
func fits(value string, t reflect.Type, outermost bool) error {
	null := value[0] == 'n'
	switch pointer := reflect.PointerTo(t); {
	case pointer.Implements(textDecoder) && null: // encoding/json would leave it as it is, and so does time.Time
		return errNull
	case pointer.Implements(textDecoder), pointer.Implements(ownDecoder):
		return nil
	}
	switch t.Kind() {
	case reflect.Interface:
		return nil
	case reflect.Pointer:
		if null {
			return nil
		}
		return fits(value, t.Elem(), false)
	}
	switch {
	case null:
		return errNull
	case value[0] == '[':
		return fitsArray(elements(value), t)
	case value[0] == '{':
		return fitsObject(members(value), t, outermost)
	}
	return nil
}

func fitsArray(all []string, t reflect.Type) error {
	switch {
	case t.Kind() != reflect.Slice && t.Kind() != reflect.Array:
		return fmt.Errorf("%w: an array where a %s belongs", ErrInvalid, t.Kind())
	case t.Kind() == reflect.Array && len(all) != t.Len():
		return fmt.Errorf("%w: an array of another length", ErrInvalid)
	}
	for _, one := range all {
		if err := fits(one, t.Elem(), false); err != nil {
			return err
		}
	}
	return nil
}

func fitsObject(all []member, t reflect.Type, outermost bool) error {
	var fields map[string]field
	switch t.Kind() {
	case reflect.Struct:
		fields = fieldsOf(t)
	case reflect.Map:
	default:
		return fmt.Errorf("%w: an object where a %s belongs", ErrInvalid, t.Kind())
	}
	for _, m := range all {
		f, ok := fields[m.name]
		switch {
		case t.Kind() == reflect.Map:
			f.of = t.Elem()
		case !ok && outermost && m.name == "type":
			continue
		case !ok, outermost && m.name != "type" && strings.EqualFold(m.name, "type"): // encoding/json has one field for both
			return fmt.Errorf("%w: a field that the type doesn't have", ErrInvalid)
		case f.quoted && m.value[0] == '"' && unquote(m.value) == "null": // which it takes for null
			return errNull
		}
		if err := fits(m.value, f.of, false); err != nil {
			return err
		}
	}
	return nil
}
