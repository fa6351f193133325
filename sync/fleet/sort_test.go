package fleet

import (
	"strings"
	"testing"
)

func TestSort(t *testing.T) {
	t.Parallel()
	rows := []Row{
		{Key: "a", Owner: "z@x", Credits: &Credits{Used: ptr(1.0), Total: ptr(2.0), DaysLeft: ptr(9.0)}, Apps: ptr(3)},
		{Key: "b", Credits: &Credits{Used: ptr(1.0), Total: ptr(4.0), DaysLeft: ptr(3.0)}},
		{Key: "d", Owner: "y@x"},
		{Key: "c", Apps: ptr(1)},
	}
	for _, test := range []struct{ by, want string }{
		{"", "a b c d"},
		{"-key", "d c b a"},
		{"credits", "b a c d"},
		{"-credits", "a b c d"},
		{"forecast", "b a c d"},
		{"owner", "d a b c"},
		{"-owner", "a d b c"},
		{"apps", "c a b d"},
		{"members", "a b c d"},
		{"reset", "a b c d"},
	} {
		order, err := ParseOrder(test.by)
		if err != nil {
			t.Fatal(err)
		}
		sorted := append([]Row{}, rows...)
		order.Sort(sorted)
		var keys []string
		for _, row := range sorted {
			keys = append(keys, row.Key)
		}
		if got := strings.Join(keys, " "); got != test.want {
			t.Errorf("%s: %s, want %s", test.by, got, test.want)
		}
	}
	if _, err := ParseOrder("-colour"); err == nil {
		t.Error("a column that is not there sorts")
	}
	for _, key := range sortable {
		if (key.number == nil) == (key.text == nil) {
			t.Errorf("%s has not one value to sort by", key.column)
		}
	}
}
