package sandbox_test

import (
	"encoding/json"
	"testing"

	"makesync/sync/sandbox"
)

func TestMoney(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{`"34.12"`: "34.12", `34.1`: "34.10", `"500"`: "500.00", `0`: "0.00", `0.05`: "0.05"} {
		var m sandbox.Money
		if err := json.Unmarshal([]byte(text), &m); err != nil || m.String() != want {
			t.Errorf("%s: %s, %v", text, m, err)
		}
	}
	for _, text := range []string{`"x"`, `-1`, `1.234`, `1e3`, `""`, `null`, `"1,5"`, `99999999999`} {
		var m sandbox.Money
		if err := json.Unmarshal([]byte(text), &m); err == nil {
			t.Errorf("%s is %s", text, m)
		}
	}
}
