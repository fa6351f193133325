package plan

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"makesync/spec"
)

// Unbounded leaves the number out of a rule.
const Unbounded = -1

// OpEnforce is the op of --allow rules for switching TFA on.
const OpEnforce Op = "enforce"

// OpRevert is the op, and KindDrift the kind, of the --allow rule that lets through what would
// revert a change of the live side: revert:drift@acme.
const (
	OpRevert  Op        = "revert"
	KindDrift spec.Kind = "drift"
)

// Allow is one --allow rule, OP:KIND[<=N]@KEY: what it matches leaves the count of every numeric
// guard and may be Max together; guards that are no number are lifted for it.
type Allow struct {
	Op   Op
	Kind spec.Kind
	// Max is N; negative: any number.
	Max int
	// Bound is AMOUNTCUR, which rules about money need; nil for others.
	Bound *spec.Money
	// Key is a glob over organization keys.
	Key  spec.Glob
	text string
}

var allowForm = regexp.MustCompile(`^([A-Za-z]+):([A-Za-z]+)(?:<=([0-9][0-9.]{0,18})([A-Za-z]{3})?)?@([^@\s]+)$`)

// ParseAllow reads a rule such as `delete:variable<=12@acme`, `create:organization@*` or
// `enforce:tfa@acme`.
func ParseAllow(text string) (Allow, error) {
	m := allowForm.FindStringSubmatch(text)
	if m == nil {
		return Allow{}, fmt.Errorf("rule %q: write OP:KIND<=N@KEY, such as delete:variable<=12@acme; "+
			"<=N may be left out, KEY is a pattern over organization keys", text)
	}
	a := Allow{Op: Op(m[1]), Kind: spec.Kind(m[2]), Max: Unbounded, text: text}
	if !slices.Contains(allowOps, a.Op) {
		return Allow{}, fmt.Errorf("rule %q: there is no op %q; the ops are %s", text, m[1], join(allowOps))
	}
	if kinds := kindsOf(a.Op); !slices.Contains(kinds, a.Kind) {
		return Allow{}, fmt.Errorf("rule %q: %s does not go with %q; it goes with %s", text, a.Op, m[2], join(kinds))
	}
	key, err := spec.ParseGlob(m[5])
	if err != nil {
		return Allow{}, fmt.Errorf("rule %q: %w", text, err)
	}
	a.Key = key
	if err := a.bound(m[3], m[4]); err != nil {
		return Allow{}, fmt.Errorf("rule %q: %w", text, err)
	}
	return a, nil
}

// bound reads what stands behind <=: a number, or an amount of money where the rule is about that.
// Such a rule names one organization, so that no pattern pays for more than was meant.
func (a *Allow) bound(number, currency string) (err error) {
	switch {
	case !a.Kind.Bills() && currency != "":
		return fmt.Errorf("an amount of money does not go with %s; write <=N", a.Kind)
	case !a.Kind.Bills() && number == "":
		return nil
	case !a.Kind.Bills():
		if a.Max, err = strconv.Atoi(number); err != nil || len(number) > 9 {
			return fmt.Errorf("%s is no number of steps", number)
		}
		return nil
	case number == "" || currency == "":
		return fmt.Errorf("what moves money needs a bound: write %s:%s<=34.12USD@KEY", a.Op, a.Kind)
	case !a.Single():
		return fmt.Errorf("what moves money needs the key of one organization, not the pattern %s", a.Key)
	}
	amount, err := spec.ParseAmount(number)
	if err != nil {
		return err
	}
	a.Bound = &spec.Money{Amount: amount, Currency: strings.ToUpper(currency)}
	return nil
}

// Affords tells whether the rule's bound covers what the step costs; a step that moves no money
// needs none.
func (a Allow) Affords(s *Step) bool {
	return !s.MovesMoney() || s.Money.Within(a.Bound)
}

// AllowMoney writes the rule that lets through a step that moves money.
func AllowMoney(s *Step, key string) string {
	return string(s.Op) + ":" + string(s.Kind) + "<=" + s.Money.Bound() + "@" + key
}

// allowOps are the ops of rules: those of steps, enforce and revert.
var allowOps = []Op{OpCreate, OpUpdate, OpDelete, OpInvite, OpReinvite, OpRevoke, OpTransfer, OpEnforce,
	OpRevert}

// join lists words with commas.
func join[T ~string](words []T) string {
	texts := make([]string, len(words))
	for i, word := range words {
		texts[i] = string(word)
	}
	return strings.Join(texts, ", ")
}

// String is the rule as written.
func (a Allow) String() string { return a.text }

// Matches tells whether the rule speaks of a step of the organization.
func (a Allow) Matches(key string, s *Step) bool {
	if a.Op == OpRevert {
		return a.Key.Match(key) && Reverts(s)
	}
	return a.Kind == s.Kind && a.Key.Match(key) &&
		(a.Op == s.Op || a.Op == s.Op.Counted() || a.Op == OpEnforce && Enforces(s))
}

// Single tells whether the rule names one organization rather than a pattern.
func (a Allow) Single() bool { return !strings.ContainsAny(a.Key.String(), "*?[") }

// Enforces tells whether a step switches TFA enforcement on.
func Enforces(s *Step) bool {
	return s.Kind == spec.KindTFA && s.Arguments.Enable != nil && *s.Arguments.Enable
}

// Reverts tells whether a step would undo what somebody did to the live side since a snapshot, or
// may: of an object that the snapshot does not know, nobody can tell.
func Reverts(s *Step) bool { return s.Origin != "" && s.Origin != OriginPending }

// AllowRule writes the rule that lets through n steps; n below 0 leaves the number out.
func AllowRule(op Op, kind spec.Kind, n int, key string) string {
	text := string(op) + ":" + string(kind)
	if n >= 0 {
		text += "<=" + strconv.Itoa(n)
	}
	return text + "@" + key
}
