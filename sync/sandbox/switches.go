package sandbox

import (
	"fmt"
	"slices"
	"strings"
)

// Switch is a question about Make that no source answers. The zone gives either
// answer; the first value is the likely one and the default.
type Switch struct {
	Name   string
	Values []string // the first is the default
	// Question is which of the twelve questions that concern every client the
	// switch answers, in the order of the table; 0 for one beside them.
	Question int
	About    string // what it decides, one line
}

// Default is the value of a switch that was not set.
func (s Switch) Default() string { return s.Values[0] }

var switches = []Switch{
	{"number-value", []string{"stored", "number", "string"}, 1, "value of a number variable in replies: as it was sent, always a JSON number, always a string"},
	{"value-check", []string{"lenient", "strict"}, 0, "whether \"5\" passes for a number and \"true\" for a boolean when typeId and value are sent together"},
	{"variables-404", []string{"SC404", "IM027", "plain"}, 2, "body of the 404 where the licence has no custom variables: its code, or plain text"},
	{"history-diff", []string{"old-new", "flat"}, 18, "an edited entry of a variable's history: values before and after, or the later ones only"},
	{"history-order", []string{"newest-first", "oldest-first"}, 18, "order of a variable's history"},
	{"history-value", []string{"typed", "string"}, 18, "values in a variable's history: as in the list, or as texts"},
	{"rate-limit", []string{"organization", "both", "off"}, 0, "what is limited: calls about an organization, those and calls per user, or nothing"},
	{"rate-body", []string{"plain", "json"}, 3, "body of a 429"},
	{"rate-headers", []string{"x-ratelimit", "retry-after", "none"}, 3, "headers of the rate limit"},
	{"unconfirmed-delete", []string{"406", "400", "403"}, 4, "answer to deleting an organization with active scenarios unconfirmed: 406 IM004, 400 SC400, 403 SC403"},
	{"removal-body", []string{"both", "object", "none"}, 5, "which empty body removes a member: {} and no body, {} only, no body only"},
	{"pending-in-users", []string{"yes", "no"}, 6, "whether people with an open invitation are in GET /users"},
	{"former-owner", []string{"admin", "member", "removed"}, 7, "role of the former Owner after a transfer"},
	{"foreign-organization", []string{"403", "404"}, 8, "answer about an organization of which the user is no accepted member"},
	{"create-lag", []string{"none", "calls", "wait"}, 9, "a new organization answers at once, after three calls, or only after GET with wait=true"},
	{"free-subscription", []string{"empty", "null", "404"}, 10, "GET subscription on Free: {}, {\"product\":null}, 404"},
	{"create-organization", []string{"allow", "forbid"}, 11, "whether a token without admin:write creates organizations"},
	{"users-limit", []string{"10", "10000"}, 12, "rows of GET /users when no pg[limit] is sent"},
	{"email-filter", []string{"substring", "exact"}, 0, "how GET /users compares the email filter"},
	{"free-plan", []string{"refuse", "reads", "allow"}, 0, "calls about a Free organization: only lists and details, all reads, all"},
	{"invited-in-list", []string{"no", "yes"}, 0, "whether GET /organizations has organizations where the user is only invited"},
	{"pending-role", []string{"refuse", "accept"}, 0, "whether the role of an open invitation can be changed"},
	{"unknown-cols", []string{"ignore", "refuse"}, 0, "a column that does not exist in cols[]"},
	{"detail-cols", []string{"ignore", "apply"}, 0, "cols[] on GET /organizations/{organizationId}"},
	{"duplicate-invite", []string{"IM005", "SC400"}, 0, "code of the 400 for inviting somebody who is there already"},
	{"team-limit", []string{"ignore", "enforce"}, 0, "whether the licence's number of teams is enforced"},
	{"tfa-feature", []string{"on", "off"}, 0, "off: TFA enforcement answers 400, the feature being off"},
	{"tfa-token", []string{"keep", "revoke"}, 0, "whether enforcing TFA makes tokens of users without two-factor authentication invalid"},
}

// SwitchTable returns every switch, in the order of the documentation.
func SwitchTable() []Switch { return slices.Clone(switches) }

// ParseSwitch reads "name=value". The error names the possible values.
func ParseSwitch(s string) (name, value string, err error) {
	name, value, ok := strings.Cut(s, "=")
	if !ok {
		return "", "", fmt.Errorf("switch %q: write it as name=value", s)
	}
	return name, value, checkSwitch(name, value)
}

func checkSwitch(name, value string) error {
	i := slices.IndexFunc(switches, func(s Switch) bool { return s.Name == name })
	if i < 0 {
		names := make([]string, len(switches))
		for i, s := range switches {
			names[i] = s.Name
		}
		return fmt.Errorf("no switch %q; there are %s", name, strings.Join(names, ", "))
	}
	if !slices.Contains(switches[i].Values, value) {
		return fmt.Errorf("switch %s: no value %q; it can be %s", name, value, strings.Join(switches[i].Values, ", "))
	}
	return nil
}

// Switches returns the value of every switch by name.
func (w *World) Switches() map[string]string {
	w.mu.RLock()
	defer w.mu.RUnlock()
	all := map[string]string{}
	for _, s := range switches {
		all[s.Name] = w.switchValue(s.Name)
	}
	return all
}

// SetPassingSwitch sets one switch for as long as the world is open: no state file keeps it.
func (w *World) SetPassingSwitch(name, value string) error {
	if err := checkSwitch(name, value); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.passing[name] = value
	return nil
}

// SetSwitch sets one switch; the state file keeps it.
func (w *World) SetSwitch(name, value string) error {
	if err := checkSwitch(name, value); err != nil {
		return err
	}
	return w.alter(func(s *State) error {
		delete(w.passing, name)
		if s.Switches == nil {
			s.Switches = map[string]string{}
		}
		s.Switches[name] = value
		return nil
	})
}

// switchValue needs the lock of the world, as all of the state does.
func (w *World) switchValue(name string) string {
	if v, ok := w.passing[name]; ok {
		return v
	}
	if v, ok := w.state.Switches[name]; ok {
		return v
	}
	v, ok := defaults[name]
	if !ok {
		panic("sandbox: no switch " + name)
	}
	return v
}

var defaults = func() map[string]string {
	m := map[string]string{}
	for _, s := range switches {
		m[s.Name] = s.Default()
	}
	return m
}()
