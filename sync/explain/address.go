package explain

import (
	"slices"
	"strings"

	"makesync/spec"
	"makesync/spec/text"
)

// FormError is an argument that cannot be the address of an object, whatever the documents say.
type FormError struct {
	Message string
	// Right is the nearest right form; "" where none is near.
	Right string
}

func (e *FormError) Error() string {
	if e.Right == "" {
		return e.Message
	}
	return e.Message + "; did you mean " + e.Right + "?"
}

// IsAddress tells whether an argument is an address rather than a word: everything below an
// organization has a slash.
func IsAddress(argument string) bool { return strings.Contains(argument, "/") }

// otherWords are what people call kinds.
var otherWords = map[string]spec.Kind{
	"variables": spec.KindVariable, "var": spec.KindVariable, "vars": spec.KindVariable,
	"members": spec.KindMember, "user": spec.KindMember, "users": spec.KindMember, "person": spec.KindMember,
	"invitation": spec.KindMember, "invitations": spec.KindMember, "invite": spec.KindMember,
	"featurecontrols": spec.KindFeatureControl, "feature-control": spec.KindFeatureControl,
	"control": spec.KindFeatureControl, "controls": spec.KindFeatureControl,
	"2fa": spec.KindTFA, "two-factor": spec.KindTFA, "tfaenforced": spec.KindTFA,
	"owners": spec.KindOwner, "paymentmethod": spec.KindPaymentMethods, "payment-methods": spec.KindPaymentMethods,
	"subscriptions": spec.KindSubscription,
	"name":          spec.KindOrganization, "id": spec.KindOrganization, "zone": spec.KindOrganization,
	"region": spec.KindOrganization, "country": spec.KindOrganization, "timezone": spec.KindOrganization,
	"state": spec.KindOrganization, "organization": spec.KindOrganization,
}

// named are the kinds of which an organization has many, so that their addresses end in a name.
var named = []spec.Kind{spec.KindPaymentMethods, spec.KindFeatureControl, spec.KindVariable, spec.KindMember}

// ParseAddress reads an address as people write it: e-mails in any case, names encoded or not. The
// error is a *FormError with the nearest right form; objects of the documents tell which name was
// meant.
func ParseAddress(argument string, d *spec.Desired) (spec.Address, error) {
	a := spec.Address(strings.TrimSuffix(strings.TrimSpace(argument), "/"))
	key, kind, name := a.Key(), a.Kind(), a.Name()
	switch {
	case key == "":
		return "", &FormError{Message: text.Quote(argument) + " names no organization: addresses read KEY, " +
			"KEY/KIND or KEY/KIND/NAME, such as acme/variable/API_BASE"}
	case kind == spec.KindOrganization && !strings.Contains(string(a), "/"):
		return a, nil
	case !slices.Contains(spec.Kinds(), kind) || kind == spec.KindOrganization:
		return "", &FormError{Message: wrongKind(string(kind), name), Right: rightKind(key, string(kind), name, d)}
	case slices.Contains(named, kind) && name == "":
		return "", &FormError{Message: "an address of a " + string(kind) + " ends in its name",
			Right: firstOf(key, kind, d)}
	case !slices.Contains(named, kind) && name != "":
		return "", &FormError{Message: "an organization has one " + string(kind) + ", without a name",
			Right: string(spec.NewAddress(key, kind, ""))}
	}
	if kind == spec.KindMember {
		name = strings.ToLower(name)
	}
	return spec.NewAddress(key, kind, name), nil
}

func wrongKind(kind, name string) string {
	if otherWords[strings.ToLower(kind)] == spec.KindOrganization && name == "" {
		return kind + " is a field of the organization"
	}
	return "there is no kind " + text.Quote(kind) + ", only " + kindWords()
}

// kindWords are the kinds below an organization.
func kindWords() string {
	var words []string
	for _, kind := range spec.Kinds() {
		if kind != spec.KindOrganization {
			words = append(words, string(kind))
		}
	}
	return text.And(words)
}

// rightKind is the address that was meant by one of another kind: by what people call it, by the
// name of an object, by its look, or by a slip.
func rightKind(key, kind, name string, d *spec.Desired) string {
	if meant, known := otherWords[strings.ToLower(kind)]; known {
		return rightForm(key, meant, name)
	}
	for _, k := range spec.Kinds() {
		if strings.EqualFold(string(k), kind) {
			return rightForm(key, k, name)
		}
	}
	if o := Declared(d, key); o != nil && name == "" {
		for _, k := range named {
			for _, a := range spec.Declared(o, k) {
				if strings.EqualFold(a.Name(), kind) {
					return string(a)
				}
			}
		}
	}
	if strings.Contains(kind, "@") && name == "" {
		return rightForm(key, spec.KindMember, kind)
	}
	var words []string
	for _, k := range spec.Kinds() {
		words = append(words, string(k))
	}
	if near := text.Near(kind, words); near != "" {
		return rightForm(key, spec.Kind(near), name)
	}
	return ""
}

// rightForm is the address of a kind with a name where it has one.
func rightForm(key string, kind spec.Kind, name string) string {
	switch {
	case !slices.Contains(named, kind):
		name = ""
	case name == "":
		name = "NAME"
	case kind == spec.KindMember:
		name = strings.ToLower(name)
	}
	return string(spec.NewAddress(key, kind, name))
}

// firstOf is the first declared object of a kind.
func firstOf(key string, kind spec.Kind, d *spec.Desired) string {
	if o := Declared(d, key); o != nil {
		if all := spec.Declared(o, kind); len(all) > 0 {
			return string(all[0])
		}
	}
	return rightForm(key, kind, "")
}

// RuleUnknownAddress is the rule of an address behind which nothing is.
const RuleUnknownAddress = "unknown-address"

// Unknown is the problem of an address of which no document speaks and that is not in Make either;
// nil where something is known of it, or may be.
func (e *Explanation) Unknown(f Facts) *spec.Problem {
	gone := e.Live.Presence == NotThere || e.Live.Presence == NotToBe
	if len(e.Declared) > 0 || !gone || e.LastRun != nil || e.LastChange != nil {
		return nil
	}
	return &spec.Problem{Severity: spec.Error, Rule: RuleUnknownAddress, Address: e.Address,
		Message: "no document speaks of " + text.OneLine(string(e.Address)) + ", and it is not in Make",
		Hint:    nearest(string(e.Address), f.known())}
}

// UnknownKey is the problem of an address whose organization no document declares.
func UnknownKey(a spec.Address, d *spec.Desired) *spec.Problem {
	if Declared(d, a.Key()) != nil {
		return nil
	}
	keys := make([]string, len(d.Organizations))
	for i := range d.Organizations {
		keys[i] = d.Organizations[i].Key
	}
	hint := "`makesync status` shows every organization that the token sees; `export` writes documents of them"
	if near := text.Near(a.Key(), keys); near != "" {
		_, below, _ := strings.Cut(string(a), "/")
		hint = "did you mean " + strings.TrimSuffix(near+"/"+below, "/") + "?"
	}
	return &spec.Problem{Severity: spec.Error, Rule: RuleUnknownAddress, Address: a,
		Message: "no document declares an organization " + text.Quote(a.Key()), Hint: hint}
}

// known are the addresses of the kind, declared and in Make.
func (f *Facts) known() (all []string) {
	kind := f.Address.Kind()
	add := func(name string) { all = append(all, string(spec.NewAddress(f.Address.Key(), kind, name))) }
	if o := f.want(); o != nil {
		for _, a := range spec.Declared(o, kind) {
			all = append(all, string(a))
		}
	}
	if f.Live == nil {
		return all
	}
	switch kind {
	case spec.KindVariable:
		for i := range f.Live.Variables {
			add(f.Live.Variables[i].Name)
		}
	case spec.KindFeatureControl:
		for i := range f.Live.FeatureControls {
			add(f.Live.FeatureControls[i].Name)
		}
	case spec.KindMember:
		for i := range f.Live.Members {
			add(f.Live.Members[i].Email)
		}
	case spec.KindPaymentMethods:
		for i := range f.Live.PaymentMethods {
			add(f.Live.PaymentMethods[i].ID)
		}
	}
	return all
}

func nearest(wrong string, known []string) string {
	slices.Sort(known)
	near := text.Nearest(wrong, slices.Compact(known), 3)
	if len(near) == 0 {
		return "`makesync plan --show-unmanaged` lists what is there and no document speaks of"
	}
	return "the nearest that are known: " + text.And(near)
}
