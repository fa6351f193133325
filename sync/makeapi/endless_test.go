package makeapi

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"makesync/sync/exit"
)

// TestEndlessUnpagedList: a list that the API does not page, and that goes on page after page, is
// not read for ever.
func TestEndlessUnpagedList(t *testing.T) {
	t.Parallel()
	const most = mostUnpaged/2 + 1
	pages := 0
	c := client(t, func(w http.ResponseWriter, r *http.Request) {
		pages++
		offset, _ := strconv.Atoi(r.URL.Query().Get("pg[offset]"))
		var rows strings.Builder
		for n := range most {
			fmt.Fprintf(&rows, `{"name":"V%d","typeId":1,"value":1},`, offset+n)
		}
		if pages > 4 {
			rows.Reset()
		}
		fmt.Fprintf(w, `{"organizationVariables":[%s],"pg":{"limit":%d}}`, strings.TrimSuffix(rows.String(), ","), most)
	})
	if e := callError(t, readOnce(c)); e.Class != exit.ClassBroken || !strings.Contains(e.Message, "more than 100000 rows") ||
		pages != 2 {
		t.Errorf("%v after %d pages", e, pages)
	}
}

// TestEndlessError: of an error no more is read than its words need.
func TestEndlessError(t *testing.T) {
	t.Parallel()
	spaces := strings.NewReader(strings.Repeat(" ", 100*errorReply))
	c := clientOf(t, "https://h", roundTrip(func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 400, Header: http.Header{}, Body: io.NopCloser(spaces), Request: r}, nil
	}), func(o *Options) { o.Clock = instantly{} })
	_, err := c.Write(t.Context(), rename)
	if callError(t, err); spaces.Len() < 98*errorReply {
		t.Errorf("%d bytes were read", int(spaces.Size())-spaces.Len())
	}
}
