package export_test

import (
	"testing"

	"makesync/sync/export"
)

func TestFileName(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]string{
		"acme":   "acme.yaml",
		"con":    "con_.yaml",
		"nul":    "nul_.yaml",
		"aux":    "aux_.yaml",
		"com1":   "com1_.yaml",
		"lpt9":   "lpt9_.yaml",
		"com10":  "com10.yaml",
		"con-2":  "con-2.yaml",
		"con.eu": "con_.eu.yaml",
		"icon":   "icon.yaml",
		"auxil":  "auxil.yaml",
	} {
		if got := export.FileName(key); got != want {
			t.Errorf("%s is written to %s, want %s", key, got, want)
		}
	}
}
