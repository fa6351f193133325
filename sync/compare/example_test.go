package compare_test

import (
	"fmt"

	"makesync/spec"
	"makesync/sync/compare"
)

// Two sets of documents are compared, field by field.
func ExampleCompareSides() {
	side := func(name, value string) compare.Side {
		return compare.Side{
			About: compare.ComparedSide{Name: name, Kind: compare.SideDocuments},
			Desired: &spec.Desired{Organizations: []spec.Organization{{Key: "acme", Name: "Acme",
				Variables: []spec.Variable{{Name: "RETRIES", Type: spec.TypeNumber, Value: spec.Plain(value)}}}}},
		}
	}
	sensitive := func(*compare.Side, spec.Address) bool { return false }
	c := compare.CompareSides(side("main", "3"), side("branch", "5"), compare.SideOptions{Sensitive: sensitive})
	for _, o := range c.Organizations {
		for _, d := range o.Differences {
			fmt.Println(d.Address, d.Path, d.A, d.B)
		}
	}
	// Output: acme/variable/RETRIES value 3 5
}
