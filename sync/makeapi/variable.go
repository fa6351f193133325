package makeapi

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"makesync/spec"
	"makesync/sync/state"
)

// variableRow is a variable as the API gives it.
type variableRow struct {
	TypeID   integer   `json:"typeId"`
	Name     looseText `json:"name"`
	Value    wireValue `json:"value"`
	IsSystem flag      `json:"isSystem"`
}

// wireValue is a value as it came: a number may come as number or as text, and the schema
// allows objects and arrays as well. first is the first byte of its JSON; 0: missing.
type wireValue struct {
	first byte
	text  longText // of a string or a number; the JSON of anything else
}

// UnmarshalJSON keeps the value.
func (v *wireValue) UnmarshalJSON(data []byte) error {
	v.first = data[0]
	if data[0] == '"' {
		return v.text.UnmarshalJSON(data)
	}
	v.text = longText(data)
	return nil
}

// canonical is the value in the form that documents share, or why it has none. It never quotes it.
// The type says what a value means, whichever way the zone spells it: a text may come as the number
// that it looks like, a boolean as 0 or 1.
func (v wireValue) canonical(t spec.VariableType) (string, error) {
	switch {
	case v.first == 0, v.first == 'n':
		return "", errors.New("the value is empty (null)")
	case v.first == '{', v.first == '[':
		return string(v.text), errors.New("the value is an object or a list")
	case v.first == '"' && t != spec.TypeDate, t == spec.TypeString:
		return spec.Canonical(t, string(v.text))
	case t == spec.TypeDate:
		return v.canonicalDate()
	case v.first == 't', v.first == 'f':
		return spec.Canonical(t, v.first == 't')
	case t == spec.TypeBoolean && (v.text == "0" || v.text == "1"):
		return spec.Canonical(t, v.text == "1")
	}
	return spec.Canonical(t, json.Number(v.text))
}

// wireMoments are forms of a date that name no time zone; Make keeps dates in UTC.
var wireMoments = []string{"2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02 15:04"}

// canonicalDate reads the published YYYY-MM-DDTHH:mm:ss.sssZ, and what documents may write; a zone
// may also leave out the Z or the T, or send the milliseconds since 1970, which is the value of a
// date in JavaScript.
func (v wireValue) canonicalDate() (string, error) {
	written := string(v.text)
	value, err := spec.Canonical(spec.TypeDate, written)
	if err == nil {
		return value, nil
	}
	if milliseconds, err := strconv.ParseInt(written, 10, 64); err == nil && len(written) > len("YYYYMMDD") {
		return spec.Canonical(spec.TypeDate, time.UnixMilli(milliseconds).UTC().Format(time.RFC3339Nano))
	}
	for _, layout := range wireMoments {
		if at, err := time.Parse(layout, written); err == nil {
			return spec.Canonical(spec.TypeDate, at.Format(time.RFC3339Nano))
		}
	}
	if again, err := spec.Canonical(spec.TypeDate, strings.Replace(written, " ", "T", 1)); err == nil {
		return again, nil
	}
	return value, err
}

// variable is the row as the core knows it. Its value is masked: whether it may be shown depends on
// its address, which the core knows.
func (row *variableRow) variable() spec.Variable {
	v := spec.Variable{Name: string(row.Name), System: row.IsSystem.on}
	if row.TypeID.n >= int64(spec.TypeNumber) && row.TypeID.n <= int64(spec.TypeDate) {
		v.Type = spec.VariableType(row.TypeID.n)
	}
	value, err := row.Value.canonical(v.Type)
	if err != nil {
		v.Invalid = err.Error()
	}
	v.Value = spec.Sensitive(value)
	return v
}

// readVariables reads all variables of an organization, the system ones too.
func readVariables(ctx context.Context, c caller, live *state.Organization) error {
	rows, err := readRows(ctx, c, call{
		method: http.MethodGet, path: ofOrganization(live.ID, "/variables"), organization: live.ID,
		doing: "read the variables of", object: nameOf(live), scope: scopeVariablesRead, holdsValues: true,
	}, variablePagesWithout(&c.own))
	if err != nil {
		return err
	}
	live.Variables = variables(rows)
	for i := range live.Variables {
		if value := live.Variables[i].Value.Reveal(); c.givesAway != nil && c.givesAway(value) {
			live.Variables[i].Value = spec.Own(value)
		}
	}
	return nil
}

// variablePagesWithout reads pages in which no name holds a secret of the run.
func variablePagesWithout(own *secretForms) func(io.Reader) (page[variableRow], error) {
	return func(body io.Reader) (page[variableRow], error) {
		p, err := readVariablePage(body)
		for i := range p.rows {
			if own.in([]byte(p.rows[i].Name)) {
				return p, errRepeats
			}
		}
		return p, err
	}
}

// readVariablePage reads a reply of ordinary length as a whole, which costs the least, and a longer
// one row by row.
func readVariablePage(body io.Reader) (p page[variableRow], err error) {
	err = withBody(io.LimitReader(body, ordinaryReply+1), func(data []byte) (err error) {
		if len(data) <= ordinaryReply {
			p, err = decodeVariables(data)
			return err
		}
		p, err = decodePage[variableRow](io.MultiReader(bytes.NewReader(data), body), "organizationVariables")
		return err
	})
	if i := slices.IndexFunc(p.rows, func(row variableRow) bool { return row.Name == "" }); err == nil && i >= 0 {
		return p, unreadable("a variable has no name")
	}
	return p, err
}

// decodeVariables reads the array that the API sends, or the object that the published schema
// names: one variable, or variables by name.
func decodeVariables(data []byte) (p page[variableRow], err error) {
	if rows, ok := plainRows(data); ok {
		return page[variableRow]{rows: rows, count: len(rows)}, nil
	}
	return decodeAnyVariables(data)
}

func decodeAnyVariables(data []byte) (p page[variableRow], err error) {
	var reply struct {
		Rows *[]variableRow  `json:"organizationVariables"`
		Page json.RawMessage `json:"pg"`
	}
	err = unmarshal(data, &reply)
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &kind) && kind.Value == "object":
		p.rows, err = decodeVariableObject(data)
		return p, err
	case err != nil:
		return p, err
	case reply.Rows == nil: // null is an empty list
		return decodePage[variableRow](bytes.NewReader(data), "organizationVariables")
	}
	_ = json.Unmarshal(reply.Page, &p.info) // of any other form it says nothing
	p.rows, p.count = *reply.Rows, len(*reply.Rows)
	return p, nil
}

func decodeVariableObject(data []byte) ([]variableRow, error) {
	var one struct {
		Row variableRow `json:"organizationVariables"`
	}
	if err := json.Unmarshal(data, &one); err == nil && one.Row.Name != "" && one.Row.TypeID.known {
		return []variableRow{one.Row}, nil
	}
	var many struct {
		Rows map[string]variableRow `json:"organizationVariables"`
	}
	if err := json.Unmarshal(data, &many); err != nil {
		const mistyped = unreadable("`organizationVariables` is not of the type that was expected")
		return nil, cmp.Or(onlyExcess(err), error(mistyped))
	}
	rows := make([]variableRow, 0, len(many.Rows))
	for name, row := range many.Rows {
		if len(name) > longestText {
			return nil, tooLongText
		}
		if row.Name == "" {
			row.Name = looseText(name)
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// variables sorts by name and keeps each variable once.
func variables(rows []variableRow) []spec.Variable {
	result := make([]spec.Variable, len(rows))
	for i := range rows {
		result[i] = rows[i].variable()
	}
	slices.SortStableFunc(result, func(a, b spec.Variable) int {
		if byName := strings.Compare(a.Name, b.Name); byName != 0 {
			return byName
		}
		return cmp.Compare(boolRank(a.System), boolRank(b.System))
	})
	return slices.CompactFunc(result, func(a, b spec.Variable) bool { return a.Name == b.Name && a.System == b.System })
}

func boolRank(b bool) int {
	if b {
		return 1
	}
	return 0
}

// variablePath is the path of one variable.
func variablePath(organization int64, name string) string {
	return ofOrganization(organization, "/variables/"+escape(name))
}
