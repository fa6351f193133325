package command_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"makesync/sync/command"
	"makesync/sync/sandbox"
)

// echo is what a hostile or careless zone, or something before it, repeats of a request.
type echo struct{ token, body string }

func (e echo) all() string {
	return "Authorization: Token " + e.token + "\r\nContent-Type: application/json\r\n\r\n" + e.body
}

// value is the value of a variable in the body, as it was meant.
func (e echo) value() string {
	var sent struct{ Value any }
	if json.Unmarshal([]byte(e.body), &sent) != nil || sent.Value == nil {
		return e.token
	}
	return fmt.Sprint(sent.Value)
}

var twenty = regexp.MustCompile("(?s).{1,20}")

// spellings are the ways in which an error may repeat something.
var spellings = map[string]func(echo) string{
	"plain":             echo.all,
	"only the token":    func(e echo) string { return e.token },
	"lower case":        func(e echo) string { return strings.ToLower(e.token) },
	"only the value":    echo.value,
	"base64":            func(e echo) string { return base64.StdEncoding.EncodeToString([]byte(e.all())) },
	"base64 shifted":    func(e echo) string { return base64.StdEncoding.EncodeToString([]byte("x" + e.all())) },
	"base64 for urls":   func(e echo) string { return base64.RawURLEncoding.EncodeToString([]byte("xy" + e.all())) },
	"base64 of values":  func(e echo) string { return base64.StdEncoding.EncodeToString([]byte("=" + e.value())) },
	"base64 in lines":   func(e echo) string { return lines(base64.StdEncoding.EncodeToString([]byte(e.all()))) },
	"hex":               func(e echo) string { return hex.EncodeToString([]byte(e.all())) },
	"upper hex":         func(e echo) string { return strings.ToUpper(hex.EncodeToString([]byte(e.value()))) },
	"query":             func(e echo) string { return url.QueryEscape(e.all()) },
	"path":              func(e echo) string { return url.PathEscape(e.value()) },
	"HTML":              func(e echo) string { return html.EscapeString(e.all()) },
	"Go":                func(e echo) string { return strconv.QuoteToASCII(e.all()) },
	"JSON in JSON":      func(e echo) string { return fmt.Sprintf("%q", e.body) },
	"from the middle":   func(e echo) string { return e.token[9:] + " " + string([]rune(e.value())[2:]) },
	"the beginning":     func(e echo) string { return e.token[:20] + " " + string([]rune(e.value())[:10]) + "…" },
	"in lines":          func(e echo) string { return lines(e.all()) },
	"value in lines":    func(e echo) string { return lines(e.value() + e.value()) },
	"coloured":          func(e echo) string { return e.token[:7] + "\x1b[1m" + e.token[7:] },
	"invisible between": func(e echo) string { return e.token[:7] + "\u200b" + e.token[7:] },
	"long before":       func(e echo) string { return strings.Repeat("x", 395) + e.token + e.value() },
	"very long before":  func(e echo) string { return strings.Repeat("x", 64<<10-12) + e.token },
}

func lines(text string) string { return strings.Join(twenty.FindAllString(text, -1), "\n  ") }

// places are where in an answer it may stand.
var places = map[string]func(text string) (kind, body string){
	"message": func(s string) (string, string) { return asJSON("message", s, "code", "SC400") },
	"detail":  func(s string) (string, string) { return asJSON("detail", s, "message", "Bad", "code", "SC400") },
	"code":    func(s string) (string, string) { return asJSON("message", "Bad", "code", s) },
	"error":   func(s string) (string, string) { return asJSON("error", s) },
	"suberrors": func(s string) (string, string) {
		return asJSON("message", "Bad", "suberrors", []any{map[string]any{"message": s}, s})
	},
	"objects": func(s string) (string, string) {
		return asJSON("message", map[string]any{"value": s}, "code", []any{s})
	},
	"string": func(s string) (string, string) { data, _ := json.Marshal(s); return "application/json", string(data) },
	"text":   func(s string) (string, string) { return "text/plain", s },
	"broken": func(s string) (string, string) { return "application/json", `{"message": "` + s },
	"title": func(s string) (string, string) {
		return "text/html", "<html><title>" + s + "</title><body>Oh</body></html>"
	},
	"page": func(s string) (string, string) { return "text/html", "<html><body><pre>" + s + "</pre></body></html>" },
}

func asJSON(pairs ...any) (kind, body string) {
	object := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		object[pairs[i].(string)] = pairs[i+1]
	}
	data, _ := json.Marshal(object)
	return "application/json", string(data)
}

func answer(status int, kind, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {kind}}, Body: io.NopCloser(strings.NewReader(body)),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, ContentLength: int64(len(body))}
}

// onWrites answers all writes with what make gives.
func onWrites(make func(echo) (*http.Response, error)) func(*http.Request, string) (*http.Response, error) {
	return func(request *http.Request, body string) (*http.Response, error) {
		if request.Method == http.MethodGet {
			return nil, nil
		}
		return make(echo{canaries["token"], body})
	}
}

// oneSecret restricts a run to the creation of one variable, since fingerprints of secrets are slow on purpose.
var oneSecret = []string{"--target", "acme/variable/MIXED"}

// failingApply applies while every write is answered so, in one format or the other.
func (s *leakStage) failingApply(make func(echo) (*http.Response, error)) {
	s.Helper()
	i := s.runs % 2
	args := with("apply --yes --timeout 5s --format "+[]string{"text", "json"}[i], []string{"-f", s.docs()}, oneSecret, logs[i])
	if code, _, _ := s.runTampered(onWrites(make), args...); !slices.Contains([]int{4, 0, 7}, code) { // 0: the licence lacks it; 7: the token is refused
		s.Errorf("%v: exit %d, want 4", args, code)
	}
}

// TestErrorsOfWritesShowNoLiveSecret: a zone may repeat what a write was to replace.
func TestErrorsOfWritesShowNoLiveSecret(t *testing.T) {
	leakTest(t, func(s *leakStage) {
		for name, secret := range map[string]string{"DB_PASSWORD": "old by name", "ORDERS_DSN": "old by pattern", "PIN_SECRET": "old number", "GONE_API_KEY": "deleted", "OTHER_SECRET": "purged"} {
			s.tamper = onWrites(func(echo) (*http.Response, error) {
				kind, body := asJSON("message", "The value "+canaries[secret]+" is locked.", "code", "IM005")
				return answer(422, kind, body), nil
			})
			args := with("apply --yes --format json --log-level debug --target acme/variable/"+name, []string{"-f", s.docs()})
			if code, _, _ := s.run(args...); code != 4 {
				s.Errorf("%s: exit %d, want 4", name, code)
			}
		}
	})
}

func TestErrorsOfWritesShowNoSecret(t *testing.T) {
	leakTest(t, func(s *leakStage) {
		for place, put := range places {
			for spelling, say := range spellings {
				if place != "message" && spelling != "plain" && spelling != "only the token" {
					continue
				}
				s.Log(place, spelling)
				s.failingApply(func(e echo) (*http.Response, error) {
					kind, body := put(say(e))
					return answer(422, kind, body), nil
				})
			}
		}
	})
}

// Each status on a stage of its own: what a licence lacks is remembered, and not sent again.
func TestErrorsOfAnyStatusShowNoSecret(t *testing.T) {
	for _, status := range []int{400, 401, 402, 403, 404, 406, 408, 409, 413, 418, 429, 500, 503} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			leakTest(t, func(s *leakStage) {
				s.failingApply(func(e echo) (*http.Response, error) {
					kind, body := places["detail"](e.all())
					r := answer(status, kind, body)
					for _, name := range []string{"Retry-After", "X-Ratelimit-Limit", "X-Ratelimit-Reset", "Date", "Content-Encoding", "Www-Authenticate", "X-Anything"} {
						r.Header.Set(name, e.token)
					}
					return r, nil
				})
			})
		})
	}
}

func TestRedirectsShowNoSecret(t *testing.T) {
	leakTest(t, func(s *leakStage) {
		for _, location := range []string{"https://%s/", "https://%s.example/x", "https://u:%s@h.example/", "https://h.example/%s?%s#%s", "/%s", "%s:x", "%s://h.example", "//%s", "\x00%s", ""} {
			s.failingApply(func(e echo) (*http.Response, error) {
				r := answer(307, "text/plain", e.all())
				r.Header.Set("Location", strings.ReplaceAll(location, "%s", e.token))
				return r, nil
			})
		}
	})
}

// brokenReplies are answers to writes that nobody can read, and failures of the network that quote what was received.
var brokenReplies = map[string]func(echo) (*http.Response, error){
	"cut": func(e echo) (*http.Response, error) {
		return answer(200, "application/json", e.body[:len(e.body)-3]), nil
	},
	"text":      func(e echo) (*http.Response, error) { return answer(200, "text/plain", e.all()), nil },
	"page":      func(e echo) (*http.Response, error) { return answer(200, "text/html", "<h1>"+e.all()), nil },
	"other":     func(e echo) (*http.Response, error) { return answer(200, "application/json", `["`+e.token+`"]x`), nil },
	"malformed": func(e echo) (*http.Response, error) { return nil, fmt.Errorf("malformed HTTP response %q", e.all()) },
	"status":    func(e echo) (*http.Response, error) { return nil, fmt.Errorf("malformed HTTP status code %q", e.token) },
	"proxy": func(e echo) (*http.Response, error) {
		return nil, &url.Error{Op: "Post", URL: "https://u:" + e.token + "@h.example/" + e.token, Err: errors.New("proxyconnect tcp: " + e.all())}
	},
	"body": func(e echo) (*http.Response, error) {
		r := answer(200, "application/json", "")
		r.Body = io.NopCloser(io.MultiReader(strings.NewReader("{"), failingReader{errors.New("malformed chunked encoding " + e.all())}))
		return r, nil
	},
}

type failingReader struct{ err error }

// Read fails.
func (r failingReader) Read([]byte) (int, error) { return 0, r.err }

func TestBrokenRepliesShowNoSecret(t *testing.T) {
	leakTest(t, func(s *leakStage) {
		for name, reply := range brokenReplies {
			s.Log(name)
			for i, format := range []string{"text", "json"} {
				s.runTampered(onWrites(reply), with("apply --yes --timeout 5s --format "+format, []string{"-f", s.docs()}, oneSecret, logs[i])...)
			}
			s.run(with("apply --yes", []string{"-f", s.docs()}, oneSecret)...)
			s.run("runs", "show", s.lastRun())
			s.must(s.world.Alter(func(state *sandbox.State) { // for the next one to be written
				o := state.Zones[0].Organizations[0]
				o.Variables = slices.DeleteFunc(o.Variables, func(v sandbox.Variable) bool { return v.Name == "MIXED" })
			}))
		}
	})
}

// Reads that go wrong tell nothing of the token, in any command.
func TestErrorsOfReadsShowNoSecret(t *testing.T) {
	leakTest(t, func(s *leakStage) {
		on := []string{"-f", s.docs()}
		commands := [][]string{
			with("plan --format json --timeout 2s", on, oneSecret, logs[1]), with("plan --timeout 2s", on, oneSecret),
			with("apply --yes --timeout 2s", on, oneSecret, logs[0]),
			with("snapshot --zone eu1 --timeout 2s -o -", on, logs[0]), with("export --zone eu1 --timeout 2s --force", on, logs[0], []string{"-o", s.written("export")}),
			with("compare --format json --timeout 2s", on, []string{"eu1", "us1"}), with("migrate --from eu1 --to us1 --timeout 2s", on, []string{"-o", s.written("move")}),
			with("invitation show --zone eu1 --timeout 2s", logs[1], []string{canaries["invitation"]}),
			with("invitation accept --yes --zone eu1 --timeout 2s", logs[1], []string{canaries["invitation"]}),
		}
		for where, refuse := range refusals {
			s.Log(where)
			s.tamper = refuse
			for _, args := range commands {
				s.run(args...)
			}
		}
		s.must(writeEmpty(s.written("some")))
	})
}

// TestErrorsOfOtherCallsShowNoSecret: a zone may repeat in any answer what another call has written, or is to write.
func TestErrorsOfOtherCallsShowNoSecret(t *testing.T) {
	leakTest(t, func(s *leakStage) {
		s.env["MAKE_API_KEY_EU2"] = canaries["target token"]
		on, few, plan := []string{"-f", s.savable()}, []string{"--target", "acme/variable/FROM_*"}, s.written("plan.json")
		s.want(0, with("plan", on, few, []string{"-o", plan})...)
		for _, name := range []string{"from env", "from a file", "seal key", "target token"} {
			s.tamper = func(*http.Request, string) (*http.Response, error) {
				kind, body := asJSON("message", "There is "+canaries[name]+" already.", "code", "IM005")
				return answer(422, kind, body), nil
			}
			commands := [][]string{
				with("plan", on, few), with("apply --yes --format json", on, few),
				with("apply --yes", on, logs[1], []string{plan}), with("status", on),
			}
			if !strings.HasPrefix(name, "from ") { // a snapshot reads no reference
				commands = append(commands, with("snapshot --zone eu1 -o -", on))
			}
			for _, args := range commands {
				code, stdout, stderr := s.run(args...)
				if code == 0 || !strings.Contains(strings.Join(strings.Fields(stdout+stderr), " "), "There is (sensitive) already") {
					s.Errorf("%s: %v: exit %d\n%s%s", name, args, code, stdout, stderr)
				}
			}
		}
	})
}

// refusals answer reads: all of them, those of organizations, or of their parts.
var refusals = map[string]func(*http.Request, string) (*http.Response, error){
	"all refused":        refuse("", 401, "detail", "plain"),
	"all broken":         refuse("", 200, "text", "plain"),
	"all of other types": refuse("", 200, "string", "only the token"),
	"lists":              refuse("/organizations", 403, "message", "base64"),
	"variables":          refuse("/variables", 403, "text", "in lines"),
	"variables cut":      refuse("/variables", 200, "broken", "plain"),
	"variables typed":    refuse("/variables", 200, "types", "only the token"),
	"users":              refuse("/users", 500, "code", "only the token"),
	"invitation":         refuse("/invitation", 404, "title", "from the middle"),
}

func refuse(path string, status int, place, spelling string) func(*http.Request, string) (*http.Response, error) {
	return func(request *http.Request, body string) (*http.Response, error) {
		if !strings.Contains(request.URL.Path, path) {
			return nil, nil
		}
		text := spellings[spelling](echo{canaries["token"], request.URL.RawQuery + " " + body})
		if place == "types" {
			quoted, _ := json.Marshal(text)
			return answer(status, "application/json", fmt.Sprintf(`{"organizationVariables": [{"name": "A", "typeId": %[1]s, "value": "x", "isSystem": %[1]s}, {"name": {"a": %[1]s}}]}`, quoted)), nil
		}
		kind, body := places[place](text)
		return answer(status, kind, body), nil
	}
}

// A defect that panics somewhere below a command, in whatever goroutine, prints where and not what.
func TestPanicsShowNoSecret(t *testing.T) {
	leakTest(t, func(s *leakStage) {
		on := []string{"-f", s.docs()}
		for _, where := range []string{"/organizations", "/users/me", "/variables", "/user-organization-roles", "/enums", "/invitation"} {
			s.tamper = func(request *http.Request, body string) (*http.Response, error) {
				if strings.Contains(request.URL.Path, where) {
					panic(fmt.Errorf("defect with %s %s", request.Header, body+canaries["from env"]))
				}
				return nil, nil
			}
			for _, args := range [][]string{with("plan", on, oneSecret), with("snapshot --zone eu1 -o -", on), with("export --zone eu1", on, []string{"-o", s.written(where)}),
				with("invitation show --zone eu1", []string{canaries["invitation"]})} {
				s.run(args...)
			}
		}
		s.tamper = onWrites(func(e echo) (*http.Response, error) { panic(e.all()) })
		code, stdout, stderr := s.run(with("apply --yes --format json", on, oneSecret)...)
		var report struct{ Exit struct{ Name string } }
		if err := json.Unmarshal([]byte(stdout), &report); code != 1 || err != nil || report.Exit.Name != "internal" || !strings.Contains(stderr, "internal error") {
			s.Errorf("exit %d, %v: %s\n%s", code, err, stdout, stderr)
		}
		// Before a command begins, too.
		var out bytes.Buffer
		code = command.Main(s.Context(), []string{"makesync", "plan"}, command.Env{
			Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out, Now: time.Now, Random: s.random, Transport: s.transport,
			LookupEnv: func(string) (string, bool) { panic(canaries["from env"]) },
		})
		if s.look("the panic", out.String()); code != 1 || !strings.Contains(out.String(), "internal error") {
			s.Errorf("exit %d\n%s", code, &out)
		}
	})
}
