package sandbox

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Ref is an id in memory and in written state files; a seed may give the name or
// code instead (as "Europe/Prague"), which loading resolves.
type Ref struct {
	ID   int
	Name string
}

// MarshalJSON writes the id, or the name of a reference that is not resolved.
func (r Ref) MarshalJSON() ([]byte, error) {
	if r.ID == 0 && r.Name != "" {
		return json.Marshal(r.Name)
	}
	return json.Marshal(r.ID)
}

// UnmarshalJSON reads a number as id and a string as name.
func (r *Ref) UnmarshalJSON(b []byte) error {
	*r = Ref{}
	if len(b) > 0 && b[0] == '"' {
		return json.Unmarshal(b, &r.Name)
	}
	if err := json.Unmarshal(b, &r.ID); err != nil {
		return fmt.Errorf("%s is neither an id nor a name", b)
	}
	return nil
}

// Duration is a time.Duration that is written as a word, as "168h0m0s".
type Duration time.Duration

// MarshalJSON writes the duration as Go prints it.
func (d Duration) MarshalJSON() ([]byte, error) { return json.Marshal(time.Duration(d).String()) }

// UnmarshalJSON reads what time.ParseDuration reads.
func (d *Duration) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return fmt.Errorf("%s is no duration; write it as \"168h\"", b)
	}
	v, err := time.ParseDuration(s)
	*d = Duration(v)
	return err
}

// VariableType is the typeId of a variable: 1 number, 2 string, 3 boolean, 4 date.
// In state files it is written as that word.
type VariableType int

var variableTypes = []string{1: "number", 2: "string", 3: "boolean", 4: "date"}

// MarshalJSON writes the word, or the number of a type that is not known.
func (t VariableType) MarshalJSON() ([]byte, error) {
	if t >= 1 && int(t) < len(variableTypes) {
		return []byte(`"` + variableTypes[t] + `"`), nil
	}
	return json.Marshal(int(t))
}

// UnmarshalJSON reads the word or the number.
func (t *VariableType) UnmarshalJSON(b []byte) error {
	if len(b) == 0 || b[0] != '"' {
		return json.Unmarshal(b, (*int)(t))
	}
	i := slices.Index(variableTypes, strings.Trim(string(b), `"`))
	if i < 1 {
		return fmt.Errorf("%s is no variable type; write number, string, boolean or date", b)
	}
	*t = VariableType(i)
	return nil
}

// UnmarshalJSON reads a team, or its name alone.
func (t *Team) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		*t = Team{}
		return json.Unmarshal(b, &t.Name)
	}
	type plain Team
	return strict(b, (*plain)(t))
}

// MarshalJSON writes the word of an invitation that no world has resolved yet.
func (i Invitation) MarshalJSON() ([]byte, error) {
	if i.word != "" {
		return json.Marshal(cmp.Or(i.State, i.word))
	}
	type plain Invitation
	return json.Marshal(plain(i))
}

// UnmarshalJSON reads an invitation, or one of the words pending and expired.
func (i *Invitation) UnmarshalJSON(b []byte) error {
	*i = Invitation{}
	switch string(b) {
	case `"pending"`, `"expired"`:
		i.word = strings.Trim(string(b), `"`)
		return nil
	case `"declined"`:
		i.word, i.State = "pending", "declined"
		return nil
	}
	type plain Invitation
	if err := strict(b, (*plain)(i)); err != nil {
		return fmt.Errorf("invitation: %w", err)
	}
	return nil
}

// strict decodes one JSON value and refuses keys that v does not have: a custom
// UnmarshalJSON method would otherwise lose the strictness of the outer decoder.
func strict(b []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	return d.Decode(v)
}
