package fleet

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/exit"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// StatusFormat is the version of the JSON form of a status.
const StatusFormat = "makesync.status/v1"

// Status is what is going on in organizations.
type Status struct {
	Format string    `json:"format"`
	At     time.Time `json:"at"`
	// Columns are those that were asked for.
	Columns []Column `json:"columns"`
	// NotLookedAt are parts that were not read, on which something may hang that needs attention.
	NotLookedAt   []string       `json:"notLookedAt"`
	Zones         []plan.Zone    `json:"zones"`
	Attention     []Attention    `json:"attention"`
	Organizations []Row          `json:"organizations"`
	Person        *PersonView    `json:"person,omitempty"`
	Calls         state.Calls    `json:"calls"`
	Problems      []spec.Problem `json:"problems"`
	Exit          exit.Code      `json:"exit"`
}

// NewStatus is an empty one.
func NewStatus(now time.Time, columns []Column) *Status {
	return &Status{
		Format: StatusFormat, At: now.UTC().Truncate(time.Second), Columns: columns,
		NotLookedAt: []string{}, Zones: []plan.Zone{},
		Attention: []Attention{}, Organizations: []Row{}, Problems: []spec.Problem{}, Exit: exit.OK,
	}
}

// AddZone adds the organizations of a zone, with everything that was read of them.
func (s *Status) AddZone(zone *Zone, now time.Time) {
	e := zone.Endpoint
	s.Zones = append(s.Zones, plan.ZoneAt(e, zone.User))
	for i := range zone.Readings {
		reading := &zone.Readings[i]
		s.Organizations = append(s.Organizations, NewRow(reading, now))
		s.Problems = append(s.Problems, reading.Problems()...)
	}
	s.Problems = spec.OnceEach(s.Problems)
}

// AddMissing tells which organizations that documents declare, and that are chosen, are not in the
// zone.
func (s *Status) AddMissing(zone *Zone, desired *spec.Desired, chosen func(name, key string) bool) {
	there := map[string]bool{}
	for i := range zone.Readings {
		there[zone.Readings[i].Key] = true
	}
	for i := range desired.Organizations {
		o := &desired.Organizations[i]
		if o.Zone == zone.Endpoint.Name && !there[o.Key] && o.State != spec.Absent && chosen(o.Name, o.Key) {
			s.Problems = append(s.Problems, spec.Problem{
				Severity: spec.Warning, Rule: "not-there", Address: spec.Address(o.Key),
				Message: "the token sees no such organization in zone " + o.Zone,
			})
		}
	}
}

// partChanges is what is not read where a plan could not read what it compares.
const partChanges = "changes"

// AddChanges counts what a plan of the documents has for each organization. Told: its steps say why
// they are there, against a snapshot.
func (s *Status) AddChanges(p *plan.Plan, told bool) {
	planned := map[string]*plan.Organization{}
	for i := range p.Organizations {
		planned[p.Organizations[i].Zone+"/"+p.Organizations[i].Key] = &p.Organizations[i]
	}
	for i := range s.Organizations {
		row := &s.Organizations[i]
		o := planned[row.Zone+"/"+row.Key]
		if o == nil {
			continue
		}
		row.Changes = NewChanges(o, told)
		if len(o.NotRead) > 0 {
			row.NotRead, row.failed = append(row.NotRead, partChanges), append(row.failed, partChanges)
		}
	}
}

// NotLookedAt are the parts on which something hangs that needs attention, and that were not read.
func NotLookedAt(read []Part) []string {
	var missing []string
	for _, part := range PartsOf(StandardColumns()) {
		if !slices.Contains(read, part) {
			missing = append(missing, string(part))
		}
	}
	return missing
}

// KeepPlaces leaves the organizations in which the person is: of a person nothing else is judged.
func (s *Status) KeepPlaces() {
	there := map[int64]bool{}
	for _, o := range s.Person.Organizations {
		there[o.ID] = true
	}
	s.Organizations = slices.DeleteFunc(s.Organizations, func(row Row) bool { return !there[row.ID] })
	s.Attention = []Attention{}
}

// AddFailure notes a zone of which nothing could be read.
func (s *Status) AddFailure(zone string, err error) {
	s.Problems = append(s.Problems, state.UnreadProblem("", "zone "+zone+" could not be read", err))
}

// Condition tells which rows count (policy.Where is one). Rows that lack a key on which it depends
// do not, and are counted.
type Condition func(ctx context.Context, rows []map[string]any) (selected []int, missing int, err error)

// Select keeps the rows to which a condition applies.
func (s *Status) Select(ctx context.Context, condition Condition) error {
	rows := make([]map[string]any, len(s.Organizations))
	for i := range s.Organizations {
		data, err := json.Marshal(&s.Organizations[i])
		if err == nil {
			err = json.Unmarshal(data, &rows[i])
		}
		if err != nil {
			return err
		}
	}
	selected, missing, err := condition(ctx, rows)
	if err != nil {
		return err
	}
	kept := []Row{}
	for _, i := range selected {
		kept = append(kept, s.Organizations[i])
	}
	s.Organizations = kept
	if missing > 0 {
		s.Problems = append(s.Problems, spec.Problem{
			Severity: spec.Warning, Rule: "where-unknown",
			Message: "left out, since a key that --where names is not known of them: " + organizations(missing),
			Hint:    "has(credits.left) && … says what to do with those",
		})
	}
	return nil
}

// Finish looks for what needs attention, sorts, and leaves out what no column shows.
func (s *Status) Finish(order Order, limits Limits) {
	s.Attention = Look(s.Organizations, limits, s.At)
	order.Sort(s.Organizations)
	for i := range s.Organizations {
		s.Organizations[i].keep(s.Columns)
	}
	slices.SortStableFunc(s.Problems, func(a, b spec.Problem) int {
		return cmp.Or(strings.Compare(string(a.Address), string(b.Address)), strings.Compare(a.Message, b.Message))
	})
}

// ExitOf is the exit of a status: of failed zones what their calls say when no zone could be read,
// else that something could not; with exitCode, changes where something is bad.
func (s *Status) ExitOf(failures []error, exitCode bool) exit.Code {
	var exits []exit.Code
	for i := range s.Organizations {
		if len(s.Organizations[i].failed) > 0 {
			exits = append(exits, exit.PartlyVisible)
		}
	}
	for _, err := range failures {
		exits = append(exits, exit.PartlyVisible)
		if code := state.ExitOfFailure(err); len(s.Zones) == 0 && code != exit.OK {
			exits = append(exits, code)
		}
	}
	if exitCode && slices.ContainsFunc(s.Attention, func(a Attention) bool { return a.Severity == Bad }) {
		exits = append(exits, exit.Changes)
	}
	return exit.Worst(exits...)
}

// keep leaves out what no column shows.
func (row *Row) keep(chosen []Column) {
	has := func(any ...Column) bool {
		return slices.ContainsFunc(any, func(c Column) bool { return slices.Contains(chosen, c) })
	}
	if !has(ColumnPlan) {
		row.Plan, row.OnHold = "", nil
	}
	row.Credits = row.Credits.keep(has(ColumnCredits), has(ColumnReset), has(ColumnForecast))
	drop(&row.APILimit, has(ColumnAPILimit))
	drop(&row.Teams, has(ColumnTeams))
	drop(&row.Apps, has(ColumnApps))
	drop(&row.Members, has(ColumnMembers, ColumnInvitations, ColumnTwoFactor))
	drop(&row.TFAEnforced, has(ColumnTFAEnforced))
	drop(&row.Subscription, has(ColumnSubscription))
	drop(&row.PaymentMethod, has(ColumnPaymentMethod))
	drop(&row.LastPayment, has(ColumnLastPayment))
	drop(&row.Changes, has(ColumnChanges))
	if !has(ColumnOwner) {
		row.Owner = ""
	}
	if !has(ColumnUsage) {
		row.Usage = nil
	}
}

func drop[T any](value **T, wanted bool) {
	if !wanted {
		*value = nil
	}
}

func (c *Credits) keep(credits, reset, forecast bool) *Credits {
	if c == nil || !credits && !reset && !forecast {
		return nil
	}
	kept := *c
	drop(&kept.Used, credits)
	drop(&kept.Left, credits)
	drop(&kept.Total, credits)
	drop(&kept.AutoPurchase, credits)
	drop(&kept.Reset, reset || forecast)
	drop(&kept.PerDay, forecast)
	drop(&kept.DaysLeft, forecast)
	drop(&kept.Lasts, forecast)
	return &kept
}

func organizations(n int) string { return text.Count(n, "organization", "organizations") }
