package command

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"makesync/examples"
	"makesync/spec/document"
	"makesync/sync/export"
	"makesync/sync/render"
	"makesync/sync/state"
)

// newFiles are those of init, which replaces none.
var newFiles = fileKind{is: func(string) bool { return false }, mode: 0o644, folder: true, leaves: true}

// workflow is what can run makesync: files of examples/, and where they go in a repository.
type workflow struct {
	name  string
	files []workflowFile
	// next says what is still to be done by hand.
	next []string
}

type workflowFile struct{ from, to string }

const noWorkflow = "none"

var workflows = []workflow{
	{"github", append(scripts("github"),
		workflowFile{"ci/action.yml", ".github/actions/makesync/action.yml"},
		workflowFile{"ci/makesync-preview.yml", ".github/workflows/makesync-preview.yml"},
		workflowFile{"ci/makesync-comment.yml", ".github/workflows/makesync-comment.yml"},
		workflowFile{"ci/makesync-nightly.yml", ".github/workflows/makesync-nightly.yml"},
	), []string{
		"replace what is marked `# replace:` in .github/workflows and ci/.guards.yaml",
		"make an environment `make` that only the default branch may use, with the secrets %s and MAKESYNC_STATE_KEY",
		"protect ci/ and .github/ by code owners",
	}},
	{"gitlab", append(scripts("gitlab"),
		workflowFile{"ci/gitlab-ci.yml", ".gitlab-ci.yml"},
	), []string{
		"replace what is marked `# replace:` in .gitlab-ci.yml and ci/.guards.yaml",
		"set the protected, masked variables %s, STATE_KEY and GITLAB_TOKEN",
		"schedule two pipelines: JOB=comment every ten minutes, JOB=apply every night",
	}},
	{"cron", []workflowFile{
		{"cron/crontab", "cron/crontab"},
		{"cron/environment", "cron/environment"},
		{"cron/guards.yaml", "cron/.guards.yaml"},
		{"cron/with-environment", "cron/with-environment"},
	}, []string{
		"fill in cron/environment on the machine, not in the repository: %s",
		"install cron/.guards.yaml as /etc/makesync/guards.yaml, and the others as `makesync help cron` says",
	}},
	{"systemd", []workflowFile{
		{"cron/makesync.service", "systemd/makesync.service"},
		{"cron/makesync.timer", "systemd/makesync.timer"},
		{"cron/environment", "systemd/environment"},
		{"cron/guards.yaml", "systemd/.guards.yaml"},
	}, []string{
		"fill in systemd/environment on the machine, not in the repository: %s",
		"install systemd/.guards.yaml as /etc/makesync/guards.yaml, and the others as `makesync help cron` says",
	}},
	{noWorkflow, nil, nil},
}

// scripts are those of ci/ without the other platform's, and the guards that they read.
func scripts(platform string) (files []workflowFile) {
	entries, err := examples.Files.ReadDir("ci")
	if err != nil {
		panic(err) // they are embedded
	}
	for _, e := range entries {
		others := strings.Contains(e.Name(), "github") || strings.Contains(e.Name(), "gitlab")
		if path.Ext(e.Name()) == ".sh" && (!others || strings.Contains(e.Name(), platform)) {
			files = append(files, workflowFile{"ci/" + e.Name(), "ci/" + e.Name()})
		}
	}
	return append(files, workflowFile{"ci/.guards.yaml", "ci/.guards.yaml"})
}

func workflowNames() []string {
	names := make([]string, len(workflows))
	for i, w := range workflows {
		names[i] = w.name
	}
	return names
}

func (o *initOptions) chosenWorkflow() workflow {
	for _, w := range workflows {
		if w.name == o.workflow {
			return w
		}
	}
	return workflow{}
}

// addFiles adds what stands beside the clients: settings for all, what git leaves out, the
// workflow.
func (o *initOptions) addFiles(f *folder, zone *state.ZoneState, secrets []export.Secret) error {
	own := ownNames{zone: zone.Endpoint.Name, emails: export.MailPatterns(zone.Organizations)}
	for _, secret := range secrets {
		own.references = append(own.references, secret.Variable)
	}
	f.files = append(f.files,
		file{filepath.Join(o.out, mainDocument), []byte(own.adapt(mainText(zone)))})
	if _, err := os.Lstat(filepath.Join(o.out, ignoreFile)); err == nil {
		o.keptIgnore = true // most repositories have one, and it is not ours
	} else {
		f.files = append(f.files, file{filepath.Join(o.out, ignoreFile), []byte(ignored)})
	}
	for _, w := range o.chosenWorkflow().files {
		data, err := examples.Files.ReadFile(w.from)
		if err != nil {
			return err
		}
		adapted := own.adapt(string(data))
		f.files = append(f.files, file{filepath.Join(o.out, filepath.FromSlash(w.to)), []byte(adapted)})
	}
	return nil
}

// ownNames are those of this repository, taken from what was exported.
type ownNames struct {
	zone       string
	references []string // variables that the documents name
	emails     []string // patterns of who is there
}

// adapt puts the names of this repository into a workflow: the documents stand at its top, the
// token is that of the zone, and what documents may read is what they do read. Whole words of the
// examples are replaced, which a test compares.
func (n ownNames) adapt(text string) string {
	const placeholder = `["*@acme.example"]`
	variables, sample, emails := "", "", placeholder
	for _, name := range n.references {
		variables += "env:" + name + ","
		sample += "# " + name + "=\n"
	}
	if len(n.emails) > 0 { // else all are guests, and whose address is right nobody can tell
		emails = `["` + strings.Join(n.emails, `", "`) + `"]`
	}
	return strings.NewReplacer(
		"env:ACME_*,", variables,
		"# ACME_PASSWORD=\n", sample,
		placeholder, emails,
		"file:documents/**", "file:"+clientsFolder+"/**",
		`paths: ["documents/**"]`, `paths: ["**.yaml", "**.yml"]`,
		"changes: [documents/**/*]", `changes: ["**/*.yaml", "**/*.yml"]`,
		"base: .base/documents\n", "base: .base\n",
		"documents: documents\n", "documents: .\n",
		`sh" documents .base/documents `, `sh" . .base `,
		`sh" documents `, `sh" . `,
		"sh documents ", "sh . ",
		" .base documents\n", " .base .\n",
		"MAKE_API_KEY_EU1", document.TokenVariable(n.zone),
		"ZONES: eu1", "ZONES: "+n.zone,
	).Replace(text)
}

const ignoreFile = ".gitignore"

const ignored = `# what runs leave beside the documents: states of sandboxes, plans, reports, what CI makes
.makesync/
/plan.json
/plan.json.approval/
/report.json
/.out/
/.base/
/.bin/
/.snapshots/
# tokens
/environment
/*/environment
`

func mainText(zone *state.ZoneState) string {
	return fmt.Sprintf(`# yaml-language-server: $schema=%s
# What holds for all organizations; each has a document of its own in %s/.
# This is what a run may do at most: makesync help guards.
apiVersion: %s
guards:
  # Organizations that are never deleted, whatever a document says.
  protect: ["*"]
  # Who may be invited, promoted or made owner.
  # emails: ["*@acme.example"]
  # Who always stays Admin.
  # requiredAdmins: [%s]
  # How many may go in one run.
  maxDeletes: {variable: 10, member: 5, organization: 0}
  maxDeletesPerRun: {variable: 25, member: 10, organization: 0}
  # The night reports what somebody changes in Make, and does not revert it; every apply then needs
  # --since: makesync help drift.
  # drift: hold
`, schemaBeside, clientsFolder, document.APIVersion, render.Clean(zone.User.Email))
}

// tellNext says what is to be done by hand.
func (o *initOptions) tellNext(r *runtimeEnv, secrets bool) error {
	next := o.chosenWorkflow().next
	if o.typedToken {
		next = append([]string{"set %s for the next command: the token that you typed is kept nowhere"}, next...)
	}
	if secrets {
		next = append([]string{"supply the values that are listed above where makesync runs"}, next...)
	}
	if o.keptIgnore {
		next = append(next, ignoreFile+" was there and is as it was; let it leave out "+ignoredPaths())
	}
	if len(next) == 0 {
		return nil
	}
	lines := []string{"", "What is left to do:"}
	for _, line := range next {
		if strings.Contains(line, "%s") {
			line = fmt.Sprintf(line, document.TokenVariable(o.zone))
		}
		lines = append(lines, "  - "+line)
	}
	return r.say(lines...)
}

// ignoredPaths are those that git is to leave out.
func ignoredPaths() string {
	var paths []string
	for line := range strings.Lines(ignored) {
		if !strings.HasPrefix(line, "#") {
			paths = append(paths, strings.TrimSpace(line))
		}
	}
	return strings.Join(paths, " ")
}
