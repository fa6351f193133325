package explain

import (
	"slices"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/exit"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// Format is the version of the JSON form, schema/explanation.schema.json.
const Format = "makesync.explanation/v1"

// Explanation is all that is to be said of one object.
type Explanation struct {
	Format       string       `json:"format"`
	Address      spec.Address `json:"address"`
	Kind         spec.Kind    `json:"kind"`
	Organization Organization `json:"organization"`
	// Against says what stands in for the zone: a snapshot.
	Against string `json:"against,omitempty"`
	// Declared are what profiles and the organization say, in the order in which they are laid over
	// each other; empty where no document speaks of the object.
	Declared []spec.Statement `json:"declared"`
	Live     Live             `json:"live"`
	// LastChange is who changed a variable last, by the zone's own history.
	LastChange *spec.LastChange `json:"lastChange,omitempty"`
	// LastRun is the last run of this state folder that wrote the object.
	LastRun *Run    `json:"lastRun,omitempty"`
	Guards  []Guard `json:"guards"`
	Plan    Outcome `json:"plan"`
	// Problems are those of the whole look, as a plan has them.
	Problems []spec.Problem `json:"problems"`
	Exit     exit.Code      `json:"exit"`
}

// Organization is where the object is.
type Organization struct {
	Key  string `json:"key"`
	Zone string `json:"zone"`
	ID   int64  `json:"id"` // 0: it is not there yet, or nobody could look
	Name string `json:"name"`
}

// Presence says what is known of an object in Make.
type Presence string

// The presences.
const (
	There    Presence = "there"
	NotThere Presence = "not-there"
	NotRead  Presence = "not-read"
	NotToBe  Presence = "not-offered" // the organization's plan of Make does not offer the kind
)

// Live is the object in Make.
type Live struct {
	Presence Presence `json:"presence"`
	// Reason is why nothing is known, or why there is nothing.
	Reason string  `json:"reason,omitempty"`
	Fields []Field `json:"fields"`
}

// Field is one field of the live object; ids have their names.
type Field struct {
	Path  string       `json:"path"`
	Value state.Scalar `json:"value"`
}

// Run is a run of makesync that wrote the object.
type Run struct {
	Run     string  `json:"run"`
	Op      plan.Op `json:"op"`
	Outcome string  `json:"outcome"`
}

// Guard is a rule that speaks of the object.
type Guard struct {
	Guard string `json:"guard"`
	Says  string `json:"says"`
	// Holds: it holds a change of the object now.
	Holds  bool         `json:"holds,omitempty"`
	Source *spec.Source `json:"source,omitempty"`
}

// Verdict says in one word what a plan of the organization has for the object.
type Verdict string

// The verdicts.
const (
	Changes    Verdict = "changes"
	Held       Verdict = "held"
	Waiting    Verdict = "waiting"
	AsDeclared Verdict = "as-declared"
	Unmanaged  Verdict = "unmanaged"
	Unknown    Verdict = "unknown" // it could not be read, or the documents are wrong
)

// Outcome is what a plan would do.
type Outcome struct {
	Verdict Verdict        `json:"verdict"`
	Steps   []Step         `json:"steps"`
	Waiting []plan.Waiting `json:"waiting"`
	Held    []plan.Held    `json:"held"`
}

// Step is a step of the plan, with the calls that it takes.
type Step struct {
	Op       plan.Op      `json:"op"`
	Risk     plan.Risk    `json:"risk"`
	Fields   []plan.Field `json:"fields"`
	Notes    []string     `json:"notes,omitempty"`
	Foreseen string       `json:"foreseen,omitempty"`
	// Origin is why the step is there, against the snapshot of --since; "" without one.
	Origin    plan.Origin `json:"origin,omitempty"`
	LooksLike string      `json:"looksLike,omitempty"`
	// After are the addresses of the steps that must have succeeded before.
	After []spec.Address `json:"after"`
	Calls []Call         `json:"calls"`
}

// Call is one request to the API.
type Call struct {
	Method string `json:"method"`
	Path   string `json:"path"`
}

// Facts are all that New looks at.
type Facts struct {
	Address    spec.Address
	Desired    *spec.Desired
	Statements []spec.Statement
	// Plan is that of the whole organization; nil: there is none, for the reason in Problems.
	Plan *plan.Plan
	// Live is the organization; nil: it is not there, or nobody could look.
	Live *state.Organization
	// Names are lists of the zone, as far as they were read.
	Names map[state.List][]state.Name
	// CallOf is the request of a write; nil: no calls are told.
	CallOf     func(plan.Write) (Call, error)
	LastChange *spec.LastChange
	LastRun    *Run
}

// New puts the explanation together.
func New(f Facts) *Explanation {
	e := &Explanation{Format: Format, Address: f.Address, Kind: f.Address.Kind(), Declared: f.Statements,
		LastChange: f.LastChange, LastRun: f.LastRun, Problems: []spec.Problem{}, Exit: exit.OK}
	if e.Declared == nil {
		e.Declared = []spec.Statement{}
	}
	e.Organization.Key = f.Address.Key()
	if f.Plan != nil {
		e.Problems, e.Exit, e.Against = append(e.Problems, f.Plan.Problems...), f.Plan.Exit, f.Plan.Against
	}
	if reference := f.unread(); reference != "" {
		e.Problems = append(e.Problems, spec.Problem{Severity: spec.Warning, Rule: "reference", Address: f.Address,
			Message: "its value is " + text.OneLine(reference) +
				", which is not set or was not read, so it was not compared",
			Hint: "set it, and explain again"})
	}
	if o := f.planned(); o != nil {
		e.Organization = Organization{o.Key, o.Zone, o.ID, o.Name}
	}
	if e.Live = f.live(); e.Live.Presence == NotRead && f.Plan != nil {
		e.Exit = exit.Worst(e.Exit, exit.PartlyVisible)
	}
	e.Plan = f.outcome(e.Live)
	e.Guards = f.guards(&e.Plan)
	return e
}

// want is the organization as the documents have it.
func (f *Facts) want() *spec.Organization { return Declared(f.Desired, f.Address.Key()) }

// Declared is an organization of the documents; nil for none of this key.
func Declared(d *spec.Desired, key string) *spec.Organization {
	i := slices.IndexFunc(d.Organizations, func(o spec.Organization) bool { return o.Key == key })
	if i < 0 {
		return nil
	}
	return &d.Organizations[i]
}

// planned is the organization's part of the plan.
func (f *Facts) planned() *plan.Organization {
	if f.Plan == nil {
		return nil
	}
	i := slices.IndexFunc(f.Plan.Organizations, func(o plan.Organization) bool { return o.Key == f.Address.Key() })
	if i < 0 {
		return nil
	}
	return &f.Plan.Organizations[i]
}

// is tells whether an address is that of the object: controls go by their names without case.
func (f *Facts) is(a spec.Address) bool { return a.Folded() == f.Address.Folded() }
