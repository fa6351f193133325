package fleet

import (
	"fmt"
	"slices"
	"strings"

	"makesync/spec/text"
)

// Column is something that is shown of an organization.
type Column string

// The columns.
const (
	ColumnZone          Column = "zone"
	ColumnName          Column = "name"
	ColumnPlan          Column = "plan"
	ColumnCredits       Column = "credits"
	ColumnReset         Column = "reset"
	ColumnForecast      Column = "forecast"
	ColumnUsage         Column = "usage"
	ColumnAPILimit      Column = "apiLimit"
	ColumnTeams         Column = "teams"
	ColumnApps          Column = "apps"
	ColumnMembers       Column = "members"
	ColumnInvitations   Column = "invitations"
	ColumnTwoFactor     Column = "twoFactor"
	ColumnTFAEnforced   Column = "tfaEnforced"
	ColumnOwner         Column = "owner"
	ColumnSubscription  Column = "subscription"
	ColumnPaymentMethod Column = "paymentMethod"
	ColumnLastPayment   Column = "lastPayment"
	ColumnChanges       Column = "changes"
)

// Part is what one reading of an organization brings, by the key of the row that it fills.
type Part string

// The parts. Each takes one call per organization, but for members, which take two.
const (
	PartCredits        Part = "credits"
	PartUsage          Part = "usage"
	PartApps           Part = "apps"
	PartMembers        Part = "members"
	PartSubscription   Part = "subscription"
	PartPaymentMethods Part = "paymentMethod"
	PartPayments       Part = "lastPayment"
)

// columns are in the order in which they are shown. What is standard is shown without --show: all
// on which something hangs that needs attention.
var columns = []struct {
	column   Column
	standard bool
	parts    []Part
}{
	{ColumnZone, true, nil},
	{ColumnName, true, nil},
	{ColumnPlan, true, nil},
	{ColumnCredits, true, []Part{PartCredits}},
	{ColumnReset, true, []Part{PartCredits}},
	{ColumnForecast, true, []Part{PartCredits, PartUsage}},
	{ColumnMembers, true, []Part{PartMembers}},
	{ColumnInvitations, true, []Part{PartMembers}},
	{ColumnTwoFactor, true, []Part{PartMembers}},
	{ColumnOwner, true, []Part{PartMembers}},
	{ColumnSubscription, true, []Part{PartSubscription}},
	{ColumnPaymentMethod, true, []Part{PartPaymentMethods, PartPayments}},
	{ColumnLastPayment, true, []Part{PartPayments}},
	{ColumnTFAEnforced, true, nil},
	{ColumnTeams, true, nil},
	{ColumnAPILimit, true, nil},
	{ColumnUsage, true, []Part{PartUsage}},
	{ColumnApps, false, []Part{PartApps}},
	{ColumnChanges, false, nil}, // of a plan, which the caller makes where there are documents (see AddChanges)
}

// Columns are all columns, in the order in which they are shown.
func Columns() []Column {
	all := make([]Column, len(columns))
	for i, c := range columns {
		all[i] = c.column
	}
	return all
}

// StandardColumns are those that are shown without a choice.
func StandardColumns() []Column {
	var standard []Column
	for _, c := range columns {
		if c.standard {
			standard = append(standard, c.column)
		}
	}
	return standard
}

// ParseColumns reads a list of columns, with commas between them; "all" stands for all, and "" for
// the standard ones. Each counts once, at its first place.
func ParseColumns(list string) ([]Column, error) {
	if list == "" {
		return StandardColumns(), nil
	}
	var chosen []Column
	for word := range strings.SplitSeq(list, ",") {
		column := Column(strings.TrimSpace(word))
		switch known := Columns(); {
		case column == "all":
			chosen = append(chosen, known...)
		case slices.Contains(known, column):
			chosen = append(chosen, column)
		default:
			return nil, unknownColumn(string(column), known)
		}
	}
	seen := map[Column]bool{}
	return slices.DeleteFunc(chosen, func(c Column) bool {
		again := seen[c]
		seen[c] = true
		return again
	}), nil
}

func unknownColumn(word string, known []Column) error {
	names := make([]string, len(known))
	for i, c := range known {
		names[i] = string(c)
	}
	guess := text.DidYouMean(word, names)
	if guess != "" {
		guess = "; " + guess
	}
	return fmt.Errorf("there is no column %s%s; there are all, %s", text.Quote(word), guess, strings.Join(names, ", "))
}

// PartsOf are the parts that columns need, in the order in which they are read.
func PartsOf(chosen []Column) []Part {
	needed := map[Part]bool{}
	for _, c := range columns {
		if slices.Contains(chosen, c.column) {
			for _, part := range c.parts {
				needed[part] = true
			}
		}
	}
	return inOrder(needed)
}

// conditionParts are the parts that fill the keys of a row that conditions name.
var conditionParts = map[string][]Part{
	"credits":       {PartCredits},
	"usage":         {PartUsage},
	"apps":          {PartApps},
	"members":       {PartMembers},
	"owner":         {PartMembers},
	"subscription":  {PartSubscription},
	"paymentMethod": {PartPaymentMethods, PartPayments},
	"lastPayment":   {PartPayments},
}

// PartsOfCondition are the parts that a condition needs, by the keys that it names. Two keys of the
// credits come from the usage: a condition that speaks of them has to hold their names.
func PartsOfCondition(condition string, keys []string) []Part {
	needed := map[Part]bool{}
	for _, key := range keys {
		for _, part := range conditionParts[key] {
			needed[part] = true
		}
	}
	if needed[PartCredits] && (strings.Contains(condition, "daysLeft") || strings.Contains(condition, "lasts")) {
		needed[PartUsage] = true
	}
	return inOrder(needed)
}

// Union is the parts of both, in the order in which they are read.
func Union(a, b []Part) []Part {
	needed := map[Part]bool{}
	for _, part := range slices.Concat(a, b) {
		needed[part] = true
	}
	return inOrder(needed)
}

func inOrder(needed map[Part]bool) []Part {
	var parts []Part
	for _, r := range readers {
		if needed[r.part] {
			parts = append(parts, r.part)
		}
	}
	return parts
}
