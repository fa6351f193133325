package sandbox_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"makesync/sync/sandbox"
)

// BenchmarkSmallReads answers GET /organizations/{organizationId}/user-organization-roles/{userId}
// over loopback. The client is a bare connection that writes the same bytes again
// and again, so that the figure is the zone's: it takes its share of the same cores.
func BenchmarkSmallReads(b *testing.B) {
	s := sandbox.Starter()
	s.Switches = map[string]string{"rate-limit": "off"}
	h, err := sandbox.New(s, nil).Handler("eu1")
	if err != nil {
		b.Fatal(err)
	}
	server := httptest.NewServer(h)
	defer server.Close()
	request := "GET /api/v2/organizations/11/user-organization-roles/2 HTTP/1.1\r\nHost: zone\r\nAuthorization: Token " + ops + "\r\n\r\n"
	b.ReportAllocs()
	b.SetParallelism(4)
	b.RunParallel(func(pb *testing.PB) {
		c, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			b.Error(err)
			return
		}
		defer c.Close()
		in := bufio.NewReader(c)
		for pb.Next() {
			if _, err := io.WriteString(c, request); err != nil {
				b.Error(err)
				return
			}
			if err := skipReply(in); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds()/float64(runtime.GOMAXPROCS(0)), "reads/s/core")
}

// skipReply reads one reply with a Content-Length, which must be a 200.
func skipReply(in *bufio.Reader) error {
	length := 0
	for n := 0; ; n++ {
		line, err := in.ReadString('\n')
		if err != nil {
			return err
		}
		if n == 0 && !strings.Contains(line, " 200 ") {
			return fmt.Errorf("reply %s", line)
		}
		if v, ok := strings.CutPrefix(line, "Content-Length: "); ok {
			if _, err := fmt.Sscan(v, &length); err != nil {
				return err
			}
		}
		if line == "\r\n" {
			_, err := in.Discard(length)
			return err
		}
	}
}

// BenchmarkHandler is the same without connections.
func BenchmarkHandler(b *testing.B) {
	s := sandbox.Generate(sandbox.GenerateOptions{Organizations: 1000, Variables: 100, Members: 5, Zones: []string{"eu1"}})
	s.Switches = map[string]string{"rate-limit": "off"}
	h, err := sandbox.New(s, nil).Handler("eu1")
	if err != nil {
		b.Fatal(err)
	}
	for name, path := range map[string]string{
		"me": "/users/me", "detail": "/organizations/11", "variables": "/organizations/11/variables",
		"list1000": "/organizations?cols[]=*", "members": "/organizations/11/user-organization-roles",
	} {
		b.Run(name, func(b *testing.B) {
			r := httptest.NewRequest("GET", "/api/v2"+path, http.NoBody)
			r.Header.Set("Authorization", "Token "+ops)
			b.ReportAllocs()
			for b.Loop() {
				rec := httptest.NewRecorder()
				if h.ServeHTTP(rec, r); rec.Code != 200 {
					b.Fatal(rec.Body)
				}
			}
		})
	}
}

// TestLargeWorld holds 10,000 organizations with 100 variables each in less than
// 2 GB, opened from its state file. It takes some seconds, and runs when
// MAKESYNC_SANDBOX_LARGE is set.
func TestLargeWorld(t *testing.T) {
	if os.Getenv("MAKESYNC_SANDBOX_LARGE") == "" {
		t.Skip("set MAKESYNC_SANDBOX_LARGE=1 to open a world of 10,000 organizations")
	}
	path := filepath.Join(t.TempDir(), "state.json")
	// All on a plan with variables, so that there are a million of them.
	s := sandbox.Generate(sandbox.GenerateOptions{Organizations: 10_000, Variables: 100, Members: 5})
	for _, z := range s.Zones {
		for _, o := range z.Organizations {
			for n := len(o.Variables); n < 100; n++ {
				o.Variables = append(o.Variables, sandbox.Variable{Name: fmt.Sprintf("FILL_%d", n), Value: []byte(`"some text of usual length"`)})
			}
		}
	}
	if err := s.WriteFile(path); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	c := open(t, sandbox.Options{State: path})
	opened := time.Since(began)
	defer c.close()
	began = time.Now()
	rows := c.get("/organizations?cols[]=*").at("organizations").([]any)
	listed := time.Since(began)
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	t.Logf("%d organizations: file %d MB, opened in %v, first list in %v, %d MB taken from the system, %d MB in use",
		len(rows), info.Size()>>20, opened, listed, m.Sys>>20, m.HeapInuse>>20)
	if len(rows) != 10_000 || m.Sys > 2<<30 {
		t.Errorf("%d organizations, %d bytes", len(rows), m.Sys)
	}
}
