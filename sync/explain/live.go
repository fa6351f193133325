package explain

import (
	"maps"
	"slices"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// live is the object in Make, as far as it was read.
func (f *Facts) live() Live {
	out := Live{Fields: []Field{}}
	kind := f.Address.Kind()
	if f.Live == nil {
		out.Presence, out.Reason = f.withoutLive()
		return out
	}
	view := state.ViewOf(f.Live, kind, f.Address.Name())
	switch {
	case view != nil:
		out.Presence, out.Fields = There, f.fields(view)
	case f.lack(kind) != "":
		out.Presence, out.Reason = NotToBe, f.lack(kind)
	case !f.Live.Read(kind):
		out.Presence, out.Reason = NotRead, whyUnread(f.Live, kind)
	default:
		out.Presence, out.Reason = NotThere, mayBeUnseen(f.Live, kind)
	}
	return out
}

// lack is why the organization's plan of Make does not offer a kind; "" when it does.
func (f *Facts) lack(kind spec.Kind) string {
	for _, k := range []spec.Kind{kind, state.ReadAs(kind)} {
		if f.Live.Lacks[k] != "" {
			return f.Live.LackOf(k)
		}
	}
	if kind == spec.KindTFA && f.Live.DetailErr == nil {
		return "the zone does not show it for this organization; it comes with the plan Enterprise"
	}
	return ""
}

// withoutLive says why there is no live organization.
func (f *Facts) withoutLive() (Presence, string) {
	o := f.planned()
	switch {
	case o == nil:
		return NotRead, "the zone was not read"
	case len(o.NotRead) > 0 || o.Zone == "":
		return NotRead, "the organization could not be read"
	case spec.HasErrors(f.Plan.Problems):
		return NotRead, "the organization could not be told; see the problems"
	}
	return NotThere, "there is no organization " + text.Quote(o.Name) + " in zone " + o.Zone
}

// whyUnread is why a kind is unknown.
func whyUnread(live *state.Organization, kind spec.Kind) string {
	if err := live.Failed[state.ReadAs(kind)]; err != nil {
		return text.OneLine(err.Error())
	}
	if kind == spec.KindTFA {
		return text.OneLine(live.DetailErr.Error())
	}
	return "it was not read"
}

// mayBeUnseen: somebody who seems absent may be one of those without an e-mail.
func mayBeUnseen(live *state.Organization, kind spec.Kind) string {
	if n := len(live.Unreadable); kind == spec.KindMember && n > 0 {
		return text.Count(n, "person shows", "people show") + " no e-mail there, and may be this one"
	}
	return ""
}

// listOf is which list names the ids of a field.
var listOf = map[spec.Kind]map[string]state.List{
	spec.KindOrganization: {"country": state.Countries, "timezone": state.Timezones},
	spec.KindMember:       {"role": state.Roles},
}

// Lists are the lists that name what the live object of a kind shows.
func Lists(kind spec.Kind) []state.List {
	return slices.Compact(slices.Sorted(maps.Values(listOf[kind])))
}

// fields are those of a view in the order of their paths, masked as a plan masks them.
func (f *Facts) fields(view state.View) []Field {
	view = view.MaskedIf(f.isSecret())
	fields := []Field{}
	for _, path := range slices.Sorted(maps.Keys(view)) {
		value := view[path]
		if value.IsNone() || value.IsText() && value.String() == "" {
			continue
		}
		if list, named := listOf[f.Address.Kind()][path]; named {
			value = f.named(list, value)
		}
		fields = append(fields, Field{path, value})
	}
	return fields
}

func (f *Facts) named(list state.List, value state.Scalar) state.Scalar {
	name := state.NameOf(list, f.Names[list], value.String())
	if list == state.Roles {
		name = state.RoleName(f.Names[list], value.String())
	}
	if name == value.String() {
		return value
	}
	return state.Text(name)
}

// isSecret tells whether the object's value is masked: by its name, a pattern, the shape of the
// declared value, or since it comes from a reference.
func (f *Facts) isSecret() bool {
	if f.Address.Kind() != spec.KindVariable {
		return false
	}
	if spec.IsSensitiveIn(f.Address, f.id(), f.Desired.Sensitive) {
		return true
	}
	want := f.want()
	if want == nil {
		return false
	}
	v := state.FindVariable(want.Variables, f.Address.Name())
	return v != nil && (v.Reference != "" || v.Value.IsSensitive())
}

// id is the organization's; 0 where it is not known.
func (f *Facts) id() int64 {
	switch {
	case f.Live != nil:
		return f.Live.ID
	case f.want() != nil:
		return f.want().ID
	}
	return 0
}

// outcome is what the plan has for the object.
func (f *Facts) outcome(live Live) Outcome {
	out := Outcome{Steps: []Step{}, Waiting: []plan.Waiting{}, Held: []plan.Held{}, Verdict: Unknown}
	o := f.planned()
	if o == nil {
		return out
	}
	for i := range o.Steps {
		if f.is(o.Steps[i].Address) {
			out.Steps = append(out.Steps, f.step(o, &o.Steps[i]))
		}
	}
	for _, w := range o.Waiting {
		if f.is(w.Address) {
			out.Waiting = append(out.Waiting, w)
		}
	}
	for _, h := range o.Held {
		if f.is(h.Address) {
			out.Held = append(out.Held, h)
		}
	}
	if len(out.Steps)+len(out.Held)+len(out.Waiting) == 0 {
		out.Held = append(out.Held, creationOf(o)...)
	}
	out.Verdict = f.verdict(o, &out, live)
	return out
}

// creationOf is what holds the creation of the organization, and so all that follows.
func creationOf(o *plan.Organization) []plan.Held {
	for _, h := range o.Held {
		if h.Kind == spec.KindOrganization && h.Op == plan.OpCreate {
			return []plan.Held{h}
		}
	}
	return nil
}

func (f *Facts) verdict(o *plan.Organization, out *Outcome, live Live) Verdict {
	kind := f.Address.Kind()
	broken := slices.ContainsFunc(f.Plan.Problems, func(p spec.Problem) bool {
		return p.Severity == spec.Error && (p.Address == "" || p.Address.Key() == o.Key)
	})
	switch {
	case len(out.Steps) > 0:
		return Changes
	case len(out.Held) > 0:
		return Held
	case len(out.Waiting) > 0:
		return Waiting
	case broken, slices.Contains(o.NotRead, kind), live.Presence == NotRead && len(f.Statements) > 0,
		f.unread() != "":
		return Unknown
	case !f.isDeclared():
		return Unmanaged
	}
	return AsDeclared
}

// unread is the reference that was not read, so that the value was not compared; "" for none.
func (f *Facts) unread() string {
	if want := f.want(); want != nil && f.Address.Kind() == spec.KindVariable {
		if v := state.FindVariable(want.Variables, f.Address.Name()); v != nil && v.Unknown {
			return v.Reference
		}
	}
	return ""
}

// isDeclared tells whether the documents say something of the object that is not taken back.
func (f *Facts) isDeclared() bool {
	n := len(f.Statements)
	return n > 0 && !f.Statements[n-1].Cancels
}

// step is a step with its calls.
func (f *Facts) step(o *plan.Organization, s *plan.Step) Step {
	out := Step{Op: s.Op, Risk: s.Risk, Fields: s.ShownFields(), Notes: s.Notes, Foreseen: s.Foreseen,
		Origin: s.Origin, LooksLike: s.LooksLike, After: []spec.Address{}, Calls: []Call{}}
	if out.Fields == nil {
		out.Fields = []plan.Field{}
	}
	for _, n := range s.After {
		for i := range o.Steps {
			if o.Steps[i].N == n {
				out.After = append(out.After, o.Steps[i].Address)
			}
		}
	}
	if f.CallOf == nil {
		return out
	}
	for _, w := range plan.WritesOf(o.ID, s) {
		if call, err := f.CallOf(w); err == nil {
			out.Calls = append(out.Calls, call)
		}
	}
	return out
}
