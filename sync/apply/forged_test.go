package apply

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"makesync/spec"
	"makesync/sync/plan"
	"makesync/sync/savedplan"
	"makesync/sync/state"
)

// writeWords tell a write: what is sent, and to which of the organizations that were there before.
func writeWords(t *testing.T, w *plan.Write) string {
	t.Helper()
	arguments := w.Arguments
	to := w.Organization
	if to >= 100 { // one that this run has made, with ids of its own
		to, arguments.ControlID, arguments.TeamIDs = -1, 0, nil
	}
	// A deletion without it deletes less: the zone refuses to delete what is in use.
	arguments.Confirmed = false
	if w.Verb == plan.DeleteOrganization {
		arguments.Name = "" // the id tells what goes; the name that is shown is compared with the zone's
	}
	data, err := json.Marshal(arguments)
	if err != nil {
		t.Fatal(err)
	}
	value := ""
	if w.Arguments.Value != nil {
		value = w.Arguments.Value.Value().Reveal()
	}
	return fmt.Sprint(w.Verb, " ", to, " ", string(data), value)
}

// applyForged applies a plan as somebody has changed it, with a digest that fits and no seal, and
// gives the writes that the zone got.
func applyForged(t *testing.T, forge func(p *plan.Plan)) (writes []string) {
	t.Helper()
	z, _, data := saved(t, spec.Value{})
	p, problems := savedplan.Decode(forged(t, data, forge), spec.Value{})
	if len(problems) > 0 || len(savedplan.Hydrate(p, evaluate)) > 0 {
		return nil
	}
	o := z.options()
	o.Saved, o.AllowPartial = true, true
	Run(context.Background(), p, o)
	for i := range z.writes {
		writes = append(writes, writeWords(t, &z.writes[i]))
	}
	return writes
}

// othersOf are values of a type in the place of one, some as no program writes them.
func othersOf(v reflect.Value) (all []reflect.Value) {
	add := func(values ...any) {
		for _, value := range values {
			all = append(all, reflect.ValueOf(value).Convert(v.Type()))
		}
	}
	switch v.Kind() {
	case reflect.String:
		text := v.String()
		add("", text+" ", text+"\u200b", strings.ToUpper(text), "forged", "../../users/2", "a\x00b", "\u202e"+text,
			strings.Repeat("ab", 1<<12), "ops@acme.example", "owner@x.example", "PASSWORD", "12")
	case reflect.Int64:
		for id := range int64(18) {
			add(id)
		}
		add(-v.Int(), int64(113), int64(203), int64(276), int64(1)<<53+1, int64(math.MaxInt64), int64(math.MinInt64))
	case reflect.Uint8:
		for i := range uint8(8) {
			add(i)
		}
	case reflect.Bool:
		add(!v.Bool())
	case reflect.Slice:
		all = append(all, reflect.Zero(v.Type()), reflect.AppendSlice(v, v))
		for _, other := range othersOf(v.Index(0)) {
			one := reflect.MakeSlice(v.Type(), 1, 1)
			one.Index(0).Set(other)
			all = append(all, one)
		}
	case reflect.Pointer:
		all = append(all, reflect.Zero(v.Type()))
		switch old := v.Interface().(type) {
		case *bool:
			other := !*old
			all = append(all, reflect.ValueOf(&other))
		case *state.Scalar:
			for _, text := range []string{"", "7 ", "0", "-1", "1e999", "NaN", "forged", "${env:PASSWORD}", "\u202e"} {
				other := state.Text(text)
				all = append(all, reflect.ValueOf(&other))
			}
			for _, reference := range []string{"", "${env:OTHER}", "${file:/etc/passwd}"} {
				other := *old
				other.Reference = reference
				all = append(all, reflect.ValueOf(&other))
			}
		}
	}
	return slices.DeleteFunc(all, func(o reflect.Value) bool { return reflect.DeepEqual(o.Interface(), v.Interface()) })
}

// TestForgedArgumentsWriteNothingElse: whatever an argument of a step is changed to, the file is
// refused, or the zone gets no write but those of the plan as it was made.
func TestForgedArgumentsWriteNothingElse(t *testing.T) {
	t.Parallel()
	genuine := applyForged(t, func(*plan.Plan) {})
	if len(genuine) != writesOfWorld {
		t.Fatalf("%d writes", len(genuine))
	}
	_, _, data := saved(t, spec.Value{})
	whole, _ := savedplan.Decode(data, spec.Value{})
	tried := 0
	for i := range whole.Organizations {
		for j, step := range whole.Organizations[i].Steps {
			for _, f := range reflect.VisibleFields(reflect.TypeFor[plan.Arguments]()) {
				argument := reflect.ValueOf(step.Arguments).FieldByIndex(f.Index)
				if argument.IsZero() {
					continue
				}
				for _, other := range othersOf(argument) {
					tried++
					for _, write := range applyForged(t, func(p *plan.Plan) {
						arguments := &p.Organizations[i].Steps[j].Arguments
						reflect.ValueOf(arguments).Elem().FieldByIndex(f.Index).Set(other)
					}) {
						if !slices.Contains(genuine, write) {
							t.Errorf("%s %s, %s %v: %s", step.Op, step.Address, f.Name, other, write)
						}
					}
				}
			}
		}
	}
	if tried < 500 {
		t.Errorf("%d forgeries", tried)
	}
}

// TestForgedOrdersWriteNothingElse: steps that somebody has put into another order, taken out, put
// in twice, or let come after nothing are refused, or write what the plan does, each thing once.
func TestForgedOrdersWriteNothingElse(t *testing.T) {
	t.Parallel()
	genuine := applyForged(t, func(*plan.Plan) {})
	for _, forge := range []struct {
		name  string
		steps func([]plan.Step) []plan.Step
	}{
		{"reversed", func(steps []plan.Step) []plan.Step { slices.Reverse(steps); return steps }},
		{"first last", func(steps []plan.Step) []plan.Step { return append(steps[1:], steps[0]) }},
		{"last first", func(steps []plan.Step) []plan.Step {
			return slices.Concat(steps[len(steps)-1:], steps[:len(steps)-1])
		}},
		{"twice", func(steps []plan.Step) []plan.Step { return append(steps, steps...) }},
		{"each twice", func(steps []plan.Step) (all []plan.Step) {
			for _, s := range steps {
				all = append(all, s, s)
			}
			return all
		}},
		{"the second half", func(steps []plan.Step) []plan.Step { return steps[len(steps)/2:] }},
		{"every second", func(steps []plan.Step) (all []plan.Step) {
			for i := 0; i < len(steps); i += 2 {
				all = append(all, steps[i])
			}
			return all
		}},
		{"as they are", func(steps []plan.Step) []plan.Step { return steps }},
	} {
		for i := range 6 {
			organization, dependent := i/2, i%2 == 0
			got := applyForged(t, func(p *plan.Plan) {
				n, steps := 0, &p.Organizations[organization].Steps
				*steps = forge.steps(*steps)
				for i := range p.Organizations {
					for j := range p.Organizations[i].Steps {
						n++
						p.Organizations[i].Steps[j].N, p.Organizations[i].Steps[j].After = n, []int{}
					}
				}
				if dependent {
					comeAfterAll(p)
				}
				p.Summary = plan.Summarize(p.Organizations)
			})
			left := slices.Clone(genuine)
			for _, write := range got {
				at := slices.Index(left, write)
				if at < 0 {
					t.Errorf("%s, organization %d: %s", forge.name, organization, write)
					continue
				}
				left = slices.Delete(left, at, at+1)
			}
			if forge.name == "as they are" && dependent && len(left) > 0 {
				t.Errorf("not written: %q", left)
			}
		}
	}
}
