package render

import (
	"bytes"
	"testing"

	"makesync/sync/compare"
)

// TestComparisonIsWrittenPieceByPiece: its JSON is what it would be as a whole.
func TestComparisonIsWrittenPieceByPiece(t *testing.T) {
	sample := sampleComparison()
	none := *sample
	none.Organizations = []compare.ComparedOrganization{}
	named := *sample
	named.A.Name = `"organizations": []`
	for _, c := range []*compare.Comparison{sample, &none, &named} {
		var whole, pieces bytes.Buffer
		filledOnes := *c
		filledOnes.Problems = filled(c.Problems)
		filledOnes.Organizations = append([]compare.ComparedOrganization{}, c.Organizations...)
		for i := range filledOnes.Organizations {
			o := &filledOnes.Organizations[i]
			o.Differences, o.NotCompared = filled(o.Differences), filled(o.NotCompared)
		}
		if err := JSON(&whole, &filledOnes); err != nil {
			t.Fatal(err)
		}
		if err := CompareJSON(&pieces, c); err != nil {
			t.Fatal(err)
		}
		if whole.String() != pieces.String() {
			t.Errorf("%s\n%s", &whole, &pieces)
		}
	}
}
