//go:build linux && !race

package makeapi

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"makesync/spec"
	"makesync/sync/state"
)

// What one hostile reply, or several at once, may cost the whole process.
const (
	mostHostileMemory = 1 << 30
	mostHostileCPU    = 10 * time.Second
	hostileLength     = 300 << 20 // of a reply that has no end
)

// hostileReply begins somehow and repeats something until it has hostileLength bytes.
type hostileReply struct {
	begin string
	row   func(i int) string // nil: the same row over and over
	same  string
	ask   func(ctx context.Context, c *Client) error
}

func listOrganizations(ctx context.Context, c *Client) error {
	_, err := c.Organizations(ctx)
	return err
}

func askMe(ctx context.Context, c *Client) error {
	_, err := c.Me(ctx)
	return err
}

func writeOnce(ctx context.Context, c *Client) error {
	_, err := c.Write(ctx, create)
	return err
}

// sideBySide reads a kind of several organizations at once.
func sideBySide(kind spec.Kind) func(ctx context.Context, c *Client) error {
	return func(ctx context.Context, c *Client) error {
		var group spec.Group
		for i := range 4 {
			group.Go(func() error {
				return c.Read(ctx, &state.Organization{Organization: spec.Organization{ID: int64(i) + 1}}, kind)
			})
		}
		return group.Wait()
	}
}

// licenceOf is a row with a licence of many entries, close to the longest row.
func licenceOf(i int) string {
	return fmt.Sprintf(`{"id":%d,"license":{%s"z":1}},`, i+1, bigLicence())
}

var bigLicence = sync.OnceValue(func() string {
	var b strings.Builder
	for i := range 6000 {
		fmt.Fprintf(&b, `"%d":1,`, i)
	}
	return b.String()
})

// hostileReplies are what a zone may send to hurt; each ends in an error.
var hostileReplies = map[string]hostileReply{
	"the same row":      {begin: `{"organizations":[`, same: `{"id":1},`, ask: listOrganizations},
	"rows with ids":     {begin: `{"organizations":[`, row: func(i int) string { return fmt.Sprintf(`{"id":%d},`, i) }, ask: listOrganizations},
	"a row without end": {begin: `{"organizations":[{"id":1,"name":"`, same: "name ", ask: listOrganizations},
	"teams without end": {begin: `{"organizations":[{"id":1,"teams":[`, same: `{"id":1},`, ask: listOrganizations},
	"large licences":    {begin: `{"organizations":[`, row: licenceOf, ask: listOrganizations},
	"unknown list":      {begin: `{"x":[`, same: `0,`, ask: listOrganizations},
	"unknown names":     {begin: `{`, same: `"a":0,`, ask: listOrganizations},
	"unknown name":      {begin: `{"`, same: `name`, ask: listOrganizations},
	"nothing but space": {begin: `{"organizations":[`, same: "        ", ask: listOrganizations},
	"nested":            {begin: `{"organizations":[`, same: "[[[[[[[[", ask: listOrganizations},
	"paging":            {begin: `{"pg":[`, same: "0,", ask: listOrganizations},
	"promises":          {begin: `{"membershipPromises":[`, same: `{},`, ask: listOrganizations},
	"many lists":        {begin: `{`, same: `"organizations":[],`, ask: listOrganizations},
	"a person":          {begin: `{"authUser":{"id":1,"email":"`, same: "mail", ask: askMe},
	"entries":           {begin: `{"authUser":{`, same: `"id":1,`, ask: askMe},
	"an answer":         {begin: `{`, row: func(i int) string { return fmt.Sprintf(`"%d":{},`, i) }, ask: writeOnce},
	"variables": {begin: `{"organizationVariables":[`, ask: sideBySide(spec.KindVariable),
		row: func(i int) string { return fmt.Sprintf(`{"name":"V%d","typeId":2,"value":"x"},`, i) }},
	"the same variable": {begin: `{"organizationVariables":[`, same: `{"name":"V","typeId":2,"value":"x"},`, ask: sideBySide(spec.KindVariable)},
	"variables by name": {begin: `{"organizationVariables":{`, row: func(i int) string { return fmt.Sprintf(`"V%d":{"typeId":2},`, i) },
		ask: sideBySide(spec.KindVariable)},
	"roles": {begin: `{"userOrganizationRoles":[`, row: func(i int) string { return fmt.Sprintf(`{"userId":%d},`, i) }, ask: sideBySide(spec.KindMember)},
	"controls": {begin: `{"featureControls":[`, ask: sideBySide(spec.KindFeatureControl),
		row: func(i int) string { return fmt.Sprintf(`{"id":%d,"name":"c","label":{"a":1}},`, i) }},
}

// reader is the reply's body.
func (h hostileReply) reader() io.Reader {
	chunk, i, sent := []byte(h.begin), 0, 0
	return readerFunc(func(into []byte) (int, error) {
		for len(chunk) == 0 {
			if sent > hostileLength {
				return 0, io.EOF
			}
			if h.row == nil {
				chunk = bytes.Repeat([]byte(h.same), 4096/len(h.same)+1)
			} else {
				chunk = []byte(h.row(i))
				i++
			}
		}
		n := copy(into, chunk)
		chunk, sent = chunk[n:], sent+n
		return n, nil
	})
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(into []byte) (int, error) { return f(into) }

// TestHostileReplies measures each in a process of its own.
func TestHostileReplies(t *testing.T) {
	t.Parallel()
	for name := range hostileReplies {
		t.Run(name, func(t *testing.T) {
			child := exec.CommandContext(t.Context(), os.Args[0], "-test.v", "-test.run=^TestHostileReplyAlone$")
			child.Env = append(os.Environ(), "MAKEAPI_HOSTILE_REPLY="+name)
			output, err := child.CombinedOutput()
			if err != nil || !strings.Contains(string(output), "--- PASS: TestHostileReplyAlone ") {
				t.Fatalf("%v\n%s", err, output)
			}
			memory := child.ProcessState.SysUsage().(*syscall.Rusage).Maxrss << 10
			cpu := child.ProcessState.UserTime() + child.ProcessState.SystemTime()
			if memory > mostHostileMemory || cpu > mostHostileCPU {
				t.Errorf("%d MiB and %v, at most %d MiB and %v", memory>>20, cpu, mostHostileMemory>>20, mostHostileCPU)
			}
		})
	}
}

// TestHostileReplyAlone is the process that reads one.
func TestHostileReplyAlone(t *testing.T) {
	hostile, ok := hostileReplies[os.Getenv("MAKEAPI_HOSTILE_REPLY")]
	if !ok {
		t.Skip("it is run by TestHostileReplies")
	}
	limit := syscall.Rlimit{Cur: mostHostileMemory, Max: mostHostileMemory}
	if err := syscall.Setrlimit(syscall.RLIMIT_DATA, &limit); err != nil {
		t.Fatal(err)
	}
	c := clientOf(t, "https://h", roundTrip(func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(hostile.reader()), Request: r}, nil
	}), func(o *Options) { o.Clock = instantly{} })
	if err := hostile.ask(t.Context(), c); err == nil || strings.Contains(err.Error(), io.ErrUnexpectedEOF.Error()) {
		t.Errorf("it was believed, or read to its end: %v", err)
	}
}

// TestEndlessList: full pages of new rows, one after another.
func TestEndlessList(t *testing.T) {
	t.Parallel()
	pages := 0
	c := client(t, func(w http.ResponseWriter, _ *http.Request) {
		first := max(pages*(pageLimit-1), 0)
		pages++
		var b strings.Builder
		for i := range pageLimit {
			fmt.Fprintf(&b, `{"id":%d},`, first+i+1)
		}
		fmt.Fprintf(w, `{"organizations":[%s],"pg":{"limit":%d}}`, strings.TrimSuffix(b.String(), ","), pageLimit)
	})
	_, err := c.Organizations(t.Context())
	if e := callError(t, err); !strings.Contains(e.Message, "rows") || pages > mostListed/pageLimit+2 {
		t.Errorf("%v after %d pages", e, pages)
	}
}
