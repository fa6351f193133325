package command_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// receivers answer a notification in ways that could make its url show.
var receivers = map[string]func(request string, c net.Conn){
	"garbage": func(request string, c net.Conn) { io.WriteString(c, request) },
	"cut":     func(request string, c net.Conn) { io.WriteString(c, "HTTP/1.1 200 OK\r\n"+request[7:]) },
	"status":  func(request string, c net.Conn) { io.WriteString(c, "HTTP/1.1 "+strings.Fields(request)[1]+"\r\n\r\n") },
	"header":  func(request string, c net.Conn) { io.WriteString(c, "HTTP/1.1 200 OK\r\n"+request+"\r\n\r\n") },
	"encoding": func(request string, c net.Conn) {
		io.WriteString(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: "+request+"\r\n\r\n")
	},
	"length": func(request string, c net.Conn) {
		io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: "+request+"\r\n\r\n")
	},
	"redirect": func(request string, c net.Conn) {
		io.WriteString(c, "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1"+strings.Fields(request)[1]+"\r\nContent-Length: 0\r\n\r\n")
	},
	"nothing": func(string, net.Conn) {},
}

// The url of a receiver of notifications is a secret, and what it gets holds none.
func TestNotificationsShowNoSecret(t *testing.T) {
	t.Parallel()
	if raceDetector {
		t.Skip("too slow under the race detector")
	}
	s := newLeakStage(t)
	body := &strings.Builder{}
	good := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { io.Copy(body, r.Body) }))
	defer good.Close()
	run := func(args ...string) string {
		_, _, stderr := s.run(with("plan --exit-code --metrics-file "+s.written("metrics.prom"), []string{"-f", s.docs()}, logs[1], oneSecret, args)...)
		return stderr
	}
	run("--notify", secretURL(good.URL))
	s.look("the notification", body.String())
	if !strings.Contains(body.String(), "makesync.notify/v1") {
		s.Errorf("the receiver got %q", body)
	}
	for name, answer := range receivers {
		s.env["MAKESYNC_NOTIFY_URL"] = secretURL("http://" + listen(t, answer))
		if stderr := run(); name != "encoding" && name != "header" && !strings.Contains(stderr, "otif") {
			s.Errorf("%s: nothing is said of the failure\n%s", name, stderr)
		}
	}
	for _, bad := range []string{"http://127.0.0.1:1", "https://hooks.invalid", "http://hooks.example", "ftp://hooks.example", "https://[::", "%zz", ""} {
		s.env["MAKESYNC_NOTIFY_URL"] = secretURL(bad)
		run()
		run("--notify", secretURL(bad))
		run("--notify="+secretURL(bad), "--nonsense")
		s.run("plan", "--notify", secretURL(bad), "positional", "--exit-code")
	}
	s.env["MAKESYNC_NOTIFY_URL"] = "http://127.0.0.1:1/" + canaries["notify path"]
	if stderr := run(); !strings.Contains(stderr, "127.0.0.1:1") {
		s.Errorf("nobody is told where the receiver was looked for\n%s", stderr)
	}
	s.lookThroughFiles()
}

// secretURL is a webhook's url: user, path and query are secrets.
func secretURL(base string) string {
	scheme, host, _ := strings.Cut(base, "://")
	return fmt.Sprintf("%s://hook:%s@%s/services/%s?sig=%s", scheme, url.QueryEscape(canaries["notify password"]), host, canaries["notify path"], canaries["notify query"])
}

// listen serves raw connections and gives the address.
func listen(t *testing.T, answer func(request string, c net.Conn)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			line, _ := bufio.NewReader(c).ReadString('\n')
			answer(line, c)
			c.Close()
		}
	}()
	return listener.Addr().String()
}
