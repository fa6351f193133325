package command

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"makesync/sync/fleet"
	"makesync/sync/help"
	"makesync/sync/policy"
)

// TestWhereKnowsEveryKey: whatever `status` writes of an organization can be asked for by --where.
func TestWhereKnowsEveryKey(t *testing.T) {
	t.Parallel()
	paths := jsonPaths(reflect.TypeFor[fleet.Row](), "")
	if len(paths) < 30 {
		t.Fatalf("only %d keys are found: %v", len(paths), paths)
	}
	for _, path := range paths {
		condition := path + " == " + path
		if list, is := strings.CutPrefix(path, "*"); is {
			condition = "size(" + list + ") > 0"
		}
		if _, problems := policy.CompileWhere(condition); len(problems) > 0 {
			t.Errorf("%s: %s", path, problems[0].Message)
		}
	}
}

// jsonPaths are the keys of a struct's JSON, with dots between; lists and maps have a * in front.
func jsonPaths(of reflect.Type, prefix string) (paths []string) {
	for i := range of.NumField() {
		field := of.Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if !field.IsExported() || name == "-" || strings.HasSuffix(strings.ToLower(name), "invoice") { // a secret
			continue
		}
		inner := field.Type
		if inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		if inner.Kind() == reflect.Struct && inner != reflect.TypeFor[time.Time]() {
			paths = append(paths, jsonPaths(inner, prefix+name+".")...)
			continue
		}
		if path := prefix + name; inner.Kind() == reflect.Slice || inner.Kind() == reflect.Map {
			paths = append(paths, "*"+path)
		} else {
			paths = append(paths, path)
		}
	}
	return paths
}

// TestTheHelpNamesEveryFinding: whoever sees a column, a rule or a check finds it in the help.
func TestTheHelpNamesEveryFinding(t *testing.T) {
	t.Parallel()
	topic, _ := help.Find("fleet")
	words := fleet.CheckNames()
	for _, column := range fleet.Columns() {
		words = append(words, string(column))
	}
	for _, word := range words {
		if !strings.Contains(topic.Markdown, "`"+word+"`") {
			t.Errorf("the topic fleet does not speak of %s", word)
		}
	}
	for _, rule := range fleet.Rules() {
		if !slices.ContainsFunc(help.Explain(rule), func(e help.Entry) bool { return e.Topic == "fleet" }) {
			t.Errorf("`explain %s` knows nothing of it", rule)
		}
	}
}
