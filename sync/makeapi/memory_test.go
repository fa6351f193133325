package makeapi

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"makesync/sync/exit"
)

// TestRepliesAreBoundedByWhatWasAsked: what is too much is refused, in words, and not asked for
// again.
func TestRepliesAreBoundedByWhatWasAsked(t *testing.T) {
	t.Parallel()
	rows := func(n int) string { return strings.TrimSuffix(strings.Repeat(`{"id":1},`, n), ",") }
	name := func(n int) string { return strings.Repeat("n", n) }
	for _, test := range []struct {
		name, reply, problem string
	}{
		{"as many rows as were asked for, all the same", `{"organizations":[` + rows(pageLimit) + `],"pg":{"limit":20000}}`, ""},
		{"one more", `{"organizations":[` + rows(pageLimit+1) + `],"pg":{"limit":20000}}`, "more than the 10000 rows"},
		{"a long row", `{"organizations":[{"id":1,"x":"` + name(longestRow-100) + `"}],"pg":{"limit":10000}}`, ""},
		{"a longer row", `{"organizations":[{"id":1,"x":"` + name(longestRow) + `"}],"pg":{"limit":10000}}`, "longer than 64 KiB"},
		{"a long value that is not known", `{"x":"` + name(longestValue-100) + `","organizations":[]}`, ""},
		{"a longer one", `{"x":"` + name(longestValue) + `","organizations":[]}`, "longer than 1024 KiB"},
		{"many names", `{` + strings.Repeat(`"x":0,`, mostNames-1) + `"organizations":[]}`, ""},
		{"more names", `{` + strings.Repeat(`"x":0,`, mostNames) + `"organizations":[]}`, "more than 1000 names"},
	} {
		z := &zone{answers: map[string]any{"GET /organizations": test.reply}}
		_, err := client(t, z.ServeHTTP).Organizations(t.Context())
		if test.problem == "" {
			if err != nil {
				t.Errorf("%s: %v", test.name, err)
			}
			continue
		}
		e := callError(t, err)
		if e.Class != exit.ClassBroken || !strings.Contains(e.Message, test.problem) || len(z.requests()) != 1 {
			t.Errorf("%s: %v after %d requests", test.name, e, len(z.requests()))
		}
	}
}

// TestLongListsOfVariables: longer than what is read as a whole, and still all there.
func TestLongListsOfVariables(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	const n = 12_000
	for i := range n {
		fmt.Fprintf(&b, `{"typeId":2,"name":"V%d","value":"%s","isSystem":false},`, i, strings.Repeat("v", 100))
	}
	rows := strings.TrimSuffix(b.String(), ",")
	p, err := readVariablePage(strings.NewReader(`{"organizationVariables":[` + rows + `,` + rows + `]}`))
	if got := p.rows; err != nil || len(got) != n || string(got[n-1].Name) != fmt.Sprintf("V%d", n-1) {
		t.Errorf("%d rows, %v", len(got), err)
	}
	for _, end := range []string{`]`, ``, `,{"value":1}]}`} {
		if _, err := readVariablePage(strings.NewReader(`{"organizationVariables":[` + rows + end)); err == nil {
			t.Errorf("a list that ends with %q is taken for whole", end)
		}
	}
}

// TestMemoryIsShared: who finds none left waits for others, the oldest goes on, and who takes too
// much is refused.
func TestMemoryIsShared(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := &replyMemory{size: 100}
		oldest, younger := &memoryShare{of: m}, &memoryShare{of: m}
		never := make(chan struct{})
		for _, step := range []struct {
			share *memoryShare
			n     int64
		}{{oldest, 60}, {younger, 40}, {oldest, 40}} {
			if err := step.share.take(step.n, never); err != nil {
				t.Fatal(err)
			}
		}
		if err := oldest.take(1, never); err == nil {
			t.Error("a reply took more than all the memory")
		}
		took := make(chan error, 1)
		go func() { took <- younger.take(10, never) }()
		synctest.Wait()
		if len(took) > 0 {
			t.Error("there was none left")
		}
		oldest.keep() // it waits for its next page, so the younger goes on with what there is not
		if err := <-took; err != nil || m.used != 150 || len(m.holders) != 1 {
			t.Errorf("%v, %d used by %d", err, m.used, len(m.holders))
		}
		oldest.giveBack(0)
		third, ended := &memoryShare{of: m}, make(chan struct{})
		go func() { took <- third.take(60, ended) }()
		synctest.Wait()
		close(ended)
		if err := <-took; err == nil {
			t.Error("a reader that ended got memory")
		}
		third.giveBack(0)
		younger.giveBack(0)
		if m.used != 0 || len(m.holders) != 0 {
			t.Errorf("%d are still used by %d", m.used, len(m.holders))
		}
	})
}

// TestMemoryIsGivenBack: after lists and objects, good ones and bad ones.
func TestMemoryIsGivenBack(t *testing.T) {
	before := replies.used
	big := strings.TrimSuffix(strings.Repeat(`{"id":1,"name":"`+strings.Repeat("n", 1000)+`"},`, 2000), ",")
	good := `{"authUser":{"id":1,"email":"a@acme.example","x":"` + strings.Repeat("n", 4*memoryStep) + `"}}`
	for _, reply := range []string{
		good, `{"organizations":[` + big + `],"pg":{"limit":10000}}`, `{"organizations":[` + big, `{"authUser":{"id":1,"x":[` + big + `]}}`,
	} {
		z := &zone{answers: map[string]any{"GET /organizations": reply, "GET /users/me": reply}}
		c := client(t, z.ServeHTTP, fewRetries)
		_, _ = c.Organizations(t.Context())
		if _, err := c.Me(t.Context()); (err == nil) != (reply == good) {
			t.Errorf("a user of %d bytes: %v", len(reply), err)
		}
	}
	if replies.used != before || len(replies.holders) != 0 {
		t.Errorf("%d bytes are still taken", replies.used-before)
	}
}
