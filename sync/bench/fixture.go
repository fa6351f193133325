package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// fixture is a zone with nothing but organizations and variables.
type fixture struct {
	list     []byte   // the first page
	listed   []string // its rows
	latency  time.Duration
	each     time.Duration // that a request takes while the others wait; 0: none
	line     sync.Mutex
	host     string
	requests atomic.Int64
	dials    atomic.Int64

	mu        sync.Mutex
	variables [][]byte // per organization: the rendered list
	written   []map[string]json.RawMessage
	start     string
	size      size
}

// serveFixture serves until its standard input ends, so that it never outlives the harness.
func serveFixture(args []string) error {
	f := &fixture{}
	set := flag.NewFlagSet("fixture", flag.ContinueOnError)
	sizeFlag(set, &f.size)
	set.DurationVar(&f.latency, "latency", 0, "sleep before each answer")
	perSecond := set.Int("per-second", 0, "requests served in a second, in all, one after another; 0: any number")
	set.StringVar(&f.start, "start", "same",
		"state of the variables: same, drift (a hundredth differs) or empty; refused: nobody may ask")
	if err := set.Parse(args); err != nil {
		return err
	}
	if *perSecond > 0 {
		f.each = time.Second / time.Duration(*perSecond)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	f.host = listener.Addr().String()
	f.reset()
	server := &http.Server{Handler: f, ConnState: func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			f.dials.Add(1)
		}
	}}
	fmt.Println(f.host)
	go func() {
		io.Copy(io.Discard, os.Stdin)
		server.Close()
	}()
	if err := server.Serve(listener); err != http.ErrServerClosed {
		return err
	}
	return nil
}

func (f *fixture) reset() {
	f.requests.Store(0)
	f.dials.Store(0)
	f.listed = make([]string, f.size.organizations)
	f.variables = make([][]byte, f.size.organizations)
	f.written = make([]map[string]json.RawMessage, f.size.organizations)
	for i := range f.listed {
		f.listed[i] = fmt.Sprintf(
			`{"id":%d,"name":%q,"countryId":1,"timezoneId":113,"zone":%q,`+
				`"license":{"apiLimit":1000000,"customVariables":true},"teams":[],"isPaused":false,"tfaEnforced":false}`,
			i+1,
			organizationName(i),
			f.host,
		)
		f.variables[i] = renderVariables(f.rows(i))
	}
	f.list = f.renderPage(0)
}

// pageLimit is how many organizations one page holds, as at Make.
const pageLimit = 10000

func (f *fixture) renderPage(offset int) []byte {
	rows := f.listed[min(offset, len(f.listed)):min(offset+pageLimit, len(f.listed))]
	return fmt.Appendf(
		nil,
		`{"organizations":[%s],"pg":{"sortBy":"name","limit":%d,"sortDir":"asc","offset":%d,"returnTotalCount":true,"totalCount":%d}}`,
		strings.Join(rows, ","),
		pageLimit,
		offset,
		len(f.listed),
	)
}

func (f *fixture) rows(i int) []string {
	if f.start == "empty" {
		return nil
	}
	rows := make([]string, f.size.variables)
	for j := range rows {
		v := f.size.variable(i, j)
		value := v.json
		if f.start == "drift" && drifted(i, j) {
			value = driftedValue(v.typeID, v.json)
		}
		rows[j] = renderVariable(v.name, v.typeID, value)
	}
	return rows
}

func renderVariable(name string, typeID int, value string) string {
	return fmt.Sprintf(`{"typeId":%d,"name":%q,"value":%s,"isSystem":false}`, typeID, name, value)
}

func renderVariables(rows []string) []byte {
	return []byte(`{"organizationVariables":[` + strings.Join(rows, ",") + `]}`)
}

func (f *fixture) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimPrefix(r.URL.Path, "/api/v2")
	if f.control(w, path) {
		return
	}
	f.requests.Add(1)
	time.Sleep(f.latency)
	f.work()
	w.Header().Set("Content-Type", "application/json")
	if f.start == "refused" {
		w.WriteHeader(http.StatusUnauthorized)
		io.WriteString(w, `{"message":"Access denied.","code":"IM003"}`)
		return
	}
	switch {
	case path == "/users/me":
		io.WriteString(w, `{"authUser":{"id":1,"name":"Bench","email":"bench@acme.example","tfaEnabled":true}}`)
	case path == "/organizations":
		f.page(w, r)
	case strings.Contains(path, "/variables"):
		f.serveVariables(w, r, strings.Split(strings.Trim(path, "/"), "/"))
	case f.serveStatus(w, path):
	default:
		http.Error(w, `{"message":"not found","code":"SC404"}`, http.StatusNotFound)
	}
}

// work keeps one request at a time busy, where the zone serves only so many in a second.
func (f *fixture) work() {
	if f.each > 0 {
		f.line.Lock()
		defer f.line.Unlock()
		time.Sleep(f.each)
	}
}

// control answers the harness, uncounted: the number of requests and dials, and a fresh start.
func (f *fixture) control(w http.ResponseWriter, path string) bool {
	switch path {
	case "/bench/reset":
		f.reset()
	case "/bench/count":
		fmt.Fprintf(w, "%d %d", f.requests.Load(), f.dials.Load())
	default:
		return false
	}
	return true
}

// page answers the list; only the first page is rendered beforehand.
func (f *fixture) page(w http.ResponseWriter, r *http.Request) {
	offset, err := strconv.Atoi(r.URL.Query().Get("pg[offset]"))
	if err != nil || offset <= 0 {
		w.Write(f.list)
		return
	}
	w.Write(f.renderPage(offset))
}

func (f *fixture) serveVariables(w http.ResponseWriter, r *http.Request, parts []string) {
	id, err := strconv.Atoi(parts[1])
	if err != nil || id < 1 || id > f.size.organizations {
		http.Error(w, `{"message":"not found","code":"SC404"}`, http.StatusNotFound)
		return
	}
	if r.Method == http.MethodGet {
		f.mu.Lock()
		body := f.current(id - 1)
		f.mu.Unlock()
		w.Write(body)
		return
	}
	name := ""
	if len(parts) > 3 {
		name = parts[3]
	}
	f.write(w, r, id-1, name)
}

func (f *fixture) write(w http.ResponseWriter, r *http.Request, i int, name string) {
	var body struct {
		Name   string          `json:"name"`
		TypeID int             `json:"typeId"`
		Value  json.RawMessage `json:"value"`
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		http.Error(w, `{"message":"bad body","code":"SC400"}`, http.StatusBadRequest)
		return
	}
	if name == "" {
		name = body.Name
	}
	row := renderVariable(name, body.TypeID, string(body.Value))
	f.mu.Lock()
	if f.written[i] == nil {
		f.written[i] = map[string]json.RawMessage{}
	}
	f.written[i][name] = json.RawMessage(row)
	f.mu.Unlock()
	fmt.Fprintf(w, `{"organizationVariable":%s}`, row)
}

// current renders the list anew after writes; the caller holds the lock.
func (f *fixture) current(i int) []byte {
	if len(f.written[i]) == 0 {
		return f.variables[i]
	}
	var list struct {
		Rows []json.RawMessage `json:"organizationVariables"`
	}
	if err := json.Unmarshal(f.variables[i], &list); err != nil {
		panic(err)
	}
	seen := map[string]bool{}
	rows := make([]string, 0, len(list.Rows)+len(f.written[i]))
	for _, raw := range list.Rows {
		var row struct{ Name string }
		json.Unmarshal(raw, &row)
		if changed, ok := f.written[i][row.Name]; ok {
			raw = changed
			seen[row.Name] = true
		}
		rows = append(rows, string(raw))
	}
	for j := range f.size.variables {
		name := f.size.variable(i, j).name
		if row, ok := f.written[i][name]; ok && !seen[name] {
			rows = append(rows, string(row))
		}
	}
	return renderVariables(rows)
}

// driftedValue is a value of the type that differs from the declared one, as JSON.
func driftedValue(typeID int, declared string) string {
	switch typeID {
	case 1:
		return "-1"
	case 2:
		return `"drifted"`
	case 3:
		return fmt.Sprint(declared != "true")
	}
	return `"2020-01-01T00:00:00.000Z"`
}
