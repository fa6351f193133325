package command

import (
	"regexp"
	"strings"
	"testing"

	"makesync/examples"
)

// folderOfExamples is the folder of documents in the examples, as a word of its own.
var folderOfExamples = regexp.MustCompile(`(^|[\s"\[/])documents([\s"/]|$)`)

// TestWorkflowsSpeakOfTheirRepository: no workflow that init lays down names the examples' folder or
// zone, outside comments and the folders of a machine and of an image.
func TestWorkflowsSpeakOfTheirRepository(t *testing.T) {
	t.Parallel()
	own := ownNames{zone: "us1", references: []string{"BETA_KEY"}, emails: []string{"*@beta.example"}}
	for _, w := range workflows {
		for _, f := range w.files {
			data, err := examples.Files.ReadFile(f.from)
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasSuffix(f.from, ".sh") {
				if own.adapt(string(data)) != string(data) {
					t.Errorf("%s is changed: a script takes its words as arguments", f.from)
				}
				continue
			}
			for i, line := range strings.Split(own.adapt(string(data)), "\n") {
				code, _, _ := strings.Cut(line, "#")
				code = strings.NewReplacer("/etc/makesync/documents", "", "file:/documents/", "").Replace(code)
				if strings.HasPrefix(code, "Description=") {
					continue
				}
				if folderOfExamples.MatchString(code) || strings.Contains(code, "EU1") ||
					strings.Contains(line, "ACME_") || strings.Contains(line, "*@acme.example") {
					t.Errorf("%s:%d: %s", f.from, i+1, line)
				}
			}
		}
	}
}
