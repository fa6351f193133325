package command

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"makesync/sync/notify"
)

func TestParseNotifyURL(t *testing.T) {
	t.Parallel()
	tests := map[string]bool{
		"https://hooks.acme.example/s3cr3t": true, "https://user:s3cr3t@hooks.acme.example": true, "http://127.0.0.1:80/s3cr3t": true,
		"http://localhost/s3cr3t": true, "http://[::1]:8080/s3cr3t": true,
		"http://hooks.acme.example/s3cr3t": false, "http://127.0.0.1.acme.example/s3cr3t": false, "http://10.0.0.1/s3cr3t": false,
		"ftp://127.0.0.1/s3cr3t": false, "s3cr3t": false, "": false, "https:///s3cr3t": false, "https://:443/s3cr3t": false, "http://[s3cr3t": false, "http://\x7fs3cr3t": false,
	}
	for text, want := range tests {
		target, err := parseNotifyURL(text)
		if (err == nil) != want {
			t.Errorf("%q: %v", text, err)
		}
		if err != nil && strings.Contains(err.Error(), "s3cr3t") {
			t.Errorf("the error shows the url: %v", err)
		}
		if err == nil && strings.Contains(receiver{url: target}.place(), "s3cr3t") {
			t.Errorf("%q: the place shows the secret", text)
		}
	}
}

// TestReceiverThatHangs: nobody waits for it but the end of the run, and that not for ever.
func TestReceiverThatHangs(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // then its end is seen
		<-r.Context().Done()
	}))
	defer server.Close()
	target, err := parseNotifyURL(server.URL + "/s3cr3t")
	if err != nil {
		t.Fatal(err)
	}
	to := receiver{url: target, timeout: 50 * time.Millisecond}
	err = to.post(t.Context(), notify.Body{Data: []byte("{}")}, "test")
	if err == nil || err.Error() != "no answer within 50ms" {
		t.Errorf("%v", err)
	}
}
