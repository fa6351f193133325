package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"sync"
)

// bare is the client that makesync is measured against: the same requests,
// decoded into maps' cheapest typed form, and no documents, no diff, no plan.
type bare struct {
	url    string
	size   size
	decode bool
	flight int
	client *http.Client
}

// runBare does the requests of one scenario.
func runBare(args []string) error {
	b := bare{}
	set := flag.NewFlagSet("bare", flag.ContinueOnError)
	sizeFlag(set, &b.size)
	set.StringVar(&b.url, "url", "", "the fixture's url")
	set.BoolVar(&b.decode, "decode", true, "decode the answers")
	set.IntVar(&b.flight, "concurrency", 8, "requests in flight")
	scenario := set.String("scenario", "noop", "noop, drift, first, status, changes, apply or create")
	if err := set.Parse(args); err != nil {
		return err
	}
	b.client = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: b.flight}}
	return b.run(*scenario)
}

func (b *bare) run(scenario string) error {
	for _, path := range []string{"/users/me", "/organizations?pg[limit]=10000&pg[returnTotalCount]=true"} {
		if err := b.get(path, &struct{ Organizations []struct{ ID int } }{}); err != nil {
			return err
		}
	}
	switch scenario {
	case "status":
		return b.each(b.readStatus)
	case "changes":
		return b.each(func(i int) error { return errors.Join(b.readStatus(i), b.readVariables(i)) })
	}
	if err := b.each(b.readVariables); err != nil {
		return err
	}
	if scenario != "apply" && scenario != "create" {
		return nil
	}
	return b.each(func(i int) error { return b.writeVariables(i, scenario == "create") })
}

// each calls do for every organization, with at most b.flight under way; the first error wins.
func (b *bare) each(do func(i int) error) error {
	next := make(chan int)
	errs := make(chan error, b.flight)
	var workers sync.WaitGroup
	for range b.flight {
		workers.Go(func() {
			for i := range next {
				if err := do(i); err != nil {
					errs <- err
					return
				}
			}
		})
	}
	for i := range b.size.organizations {
		select {
		case next <- i:
		case err := <-errs:
			return err
		}
	}
	close(next)
	workers.Wait()
	close(errs)
	return <-errs
}

type variableRows struct {
	OrganizationVariables []struct {
		TypeID   int
		Name     string
		Value    any
		IsSystem bool
	}
}

func (b *bare) readVariables(i int) error {
	return b.get(fmt.Sprintf("/organizations/%d/variables", i+1), &variableRows{})
}

// writeVariables sends what makesync's plan would, in order, and reads the organization back if it
// was touched.
func (b *bare) writeVariables(i int, all bool) error {
	touched := false
	for j := range b.size.variables {
		if !all && !drifted(i, j) {
			continue
		}
		touched = true
		v := b.size.variable(i, j)
		method, path := http.MethodPatch, fmt.Sprintf("/organizations/%d/variables/%s", i+1, v.name)
		if all {
			method, path = http.MethodPost, fmt.Sprintf("/organizations/%d/variables", i+1)
		}
		body := fmt.Sprintf(`{"name":%q,"typeId":%d,"value":%s}`, v.name, v.typeID, v.json)
		if err := b.do(method, path, []byte(body), &struct{}{}); err != nil {
			return err
		}
	}
	if !touched {
		return nil
	}
	return b.readVariables(i)
}

func (b *bare) get(path string, into any) error { return b.do(http.MethodGet, path, nil, into) }

func (b *bare) do(method, path string, body []byte, into any) error {
	request, err := http.NewRequest(method, b.url+"/api/v2"+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Token "+token)
	reply, err := b.client.Do(request)
	if err != nil {
		return err
	}
	defer reply.Body.Close()
	if reply.StatusCode != http.StatusOK {
		return fmt.Errorf("%s %s: %s", method, path, reply.Status)
	}
	data, err := io.ReadAll(reply.Body)
	if err != nil || !b.decode {
		return err
	}
	return json.Unmarshal(data, into)
}
