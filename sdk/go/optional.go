package behest

import "encoding/json"

// Optional is a field that a request can leave out, set, or set to null. Its zero value leaves it out.
type Optional[T any] struct {
	set   bool
	value *T
}

// Value sets a field.
func Value[T any](value T) Optional[T] { return Optional[T]{set: true, value: &value} }

// Null sets a field to null.
func Null[T any]() Optional[T] { return Optional[T]{set: true} }

// IsZero says whether the field is left out.
func (o Optional[T]) IsZero() bool { return !o.set }

// MarshalJSON writes the value or null.
func (o Optional[T]) MarshalJSON() ([]byte, error) { return json.Marshal(o.value) }
