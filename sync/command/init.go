package command

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"makesync/spec/document"
	"makesync/spec/text"
	"makesync/sync/commandline"
	"makesync/sync/exit"
	"makesync/sync/export"
	"makesync/sync/render"
	"makesync/sync/state"
)

type initOptions struct {
	sourceOptions
	folderOptions
	zone     string
	workflow string
	profiles bool
	// asked tells which were not given and may be asked.
	askOrganizations, askWorkflow bool
	keptIgnore                    bool // .gitignore was there
	typedToken                    bool // which no later run has
	passedOn                      []string
}

const initDescription = "Looks whether everything is ready, exports the organizations that you choose, " +
	"moves what they share into a profile, and writes makesync.yaml, clients/, .gitignore and a workflow. " +
	"It ends with a plan of what it wrote, which has no steps. " +
	"What is not given as a flag is asked at a terminal. A file that is there is never replaced."

func initCommand(r *runtimeEnv) *cli.Command {
	return &cli.Command{
		Name:        "init",
		Usage:       "begin: documents of what is there, and a workflow",
		Description: initDescription,
		UsageText: "makesync init\n" +
			"makesync init --zone eu1 --organization 'acme*' --workflow github -o makesync-documents",
		Flags: joined([]cli.Flag{
			zoneFlag("`NAME` the zone (default: MAKE_ZONE, else asked)"),
			&cli.StringFlag{
				Name:  "workflow",
				Usage: "lay down what runs makesync: `" + strings.Join(workflowNames(), "|") + "` (default: none)",
			},
			&cli.BoolFlag{Name: "profiles", Value: true, Usage: "move what organizations share into a profile"},
			outFlag("write to the folder `DIR` (default: the working directory)", newFiles),
		}, sourceFlags("what is sensitive")),
		Action: r.action(noArguments, func(c *cli.Context) error {
			o, err := readInitOptions(c, r.Env)
			if err != nil {
				return err
			}
			return tellInvalid(c, r, runInit(c.Context, r, o))
		}),
	}
}

func readInitOptions(c *cli.Context, env Env) (o initOptions, err error) {
	if o.sourceOptions, err = readSourceOptions(c, env); err != nil {
		return o, err
	}
	o.folderOptions = folderOptions{out: c.String("out")}
	if o.out == "" {
		o.out = "."
	}
	o.zone = documentOptions{zone: c.String("zone")}.defaultZone(env)
	o.workflow, o.profiles, o.passedOn = c.String("workflow"), c.Bool("profiles"), passedOn(c)
	o.askOrganizations, o.askWorkflow = !c.IsSet("organization"), !c.IsSet("workflow")
	if !o.askWorkflow && !slices.Contains(workflowNames(), o.workflow) {
		return o, badUsage(c, "--workflow %s: there is %s", text.ShellQuote(o.workflow), text.Or(workflowNames()))
	}
	return o, nil
}

// runInit does one thing after the other, and writes nothing before all of it has been read.
func runInit(ctx context.Context, r *runtimeEnv, o initOptions) error {
	ask := newAsker(r)
	if err := o.askZone(ctx, ask); err != nil {
		return err
	}
	if err := o.askToken(ctx, r, ask); err != nil {
		return err
	}
	doctor := append([]string{programName, "doctor", "--zone", o.zone}, slices.Concat(o.zoneArguments(), o.passedOn)...)
	if code := exit.Of(Main(ctx, doctor, r.Env)); code != exit.OK {
		return end(code)
	}
	plan, secrets, err := o.write(ctx, r, ask)
	if err != nil {
		return err
	}
	code := exit.Of(Main(ctx, append(plan, o.passedOn...), r.Env))
	if err := o.tellNext(r, secrets); err != nil {
		return err
	}
	return end(code)
}

// passedOn are the flags, as they were given, that the doctor and the plan of init take too.
func passedOn(c *cli.Context) (args []string) {
	for _, name := range []string{"guards", "reference-root"} {
		for _, value := range c.StringSlice(name) {
			args = append(args, "--"+name, value)
		}
	}
	for _, name := range []string{"timeout", "concurrency", "rate-share", "max-runtime", "log-level", "log-format"} {
		if c.IsSet(name) {
			args = append(args, "--"+name, fmt.Sprint(c.Value(name)))
		}
	}
	return args
}

// zoneArguments are the flags that say how the zones are reached.
func (o *initOptions) zoneArguments() (args []string) {
	for _, path := range o.files {
		args = append(args, "-f", path)
	}
	for _, name := range zoneURLNames(o.zones.urls) {
		args = append(args, "--zone-url", name+"="+o.zones.urls[name])
	}
	for _, name := range o.zones.sandboxes {
		args = append(args, "--sandbox", name)
	}
	return args
}

// write exports what is chosen. It gives the command of the plan that shall have no steps, and
// whether there are secrets to supply.
func (o *initOptions) write(ctx context.Context, r *runtimeEnv, ask *asker) (plan []string, secrets bool, err error) {
	src, err := openSources(r, o.sourceOptions, o.zone)
	if err != nil {
		return nil, false, err
	}
	defer src.close()
	if err := o.chooseOrganizations(ctx, src, ask); err != nil {
		return nil, false, err
	}
	if err := o.chooseWorkflow(ctx, ask); err != nil {
		return nil, false, err
	}
	zone, err := src.readZone(ctx, o.zone, state.ReadOptions{Select: src.choose})
	if err != nil {
		return nil, false, err
	}
	if err := src.checkRead(zone, "init"); err != nil {
		return nil, false, err
	}
	if code := zone.Exit(); code != exit.OK {
		words := render.Options{Verb: "init", Color: r.Terminal.Stderr && o.color}
		if err := r.printProblems(problemsOf(zone), code, words); err != nil {
			return nil, false, err
		}
		return nil, false, failure{exit: code, message: "not everything could be read; nothing was written",
			hint: "look with `makesync export --zone NAME`, or leave those organizations out with --organization"}
	}
	if len(zone.Organizations) == 0 {
		return nil, false, failure{exit: exit.Invalid,
			message: "the token sees no organization in zone " + o.zone + "; nothing was written",
			hint:    "use a token of somebody who is in one, or write a document by hand: makesync help documents"}
	}
	clients := folderOptions{out: filepath.Join(o.out, clientsFolder), never: true}
	f := &folder{folderOptions: clients, src: src, zone: zone.Endpoint.Name}
	result, err := f.addExport(zone, newExporter(src, zone), o.profiles)
	if err != nil {
		return nil, false, err
	}
	if err := o.addFiles(f, zone, result.Secrets); err != nil {
		return nil, false, err
	}
	if err := f.write(""); err != nil {
		return nil, false, err
	}
	secrets = len(result.Secrets) > 0
	plan = o.planArguments(f, secrets)
	result.Next = commandline.Quoted(plan)
	words := render.Options{Color: o.color, Width: r.Terminal.Width}
	if err := render.WriteExport(r.Stdout, result, words); err != nil {
		return nil, false, err
	}
	return plan, secrets, nil
}

type listedOrganization struct {
	name, key string
	id        int64
}

// chooseOrganizations lists the organizations of the zone and asks which to take.
func (o *initOptions) chooseOrganizations(ctx context.Context, src *sources, ask *asker) error {
	if !o.askOrganizations || !ask.canAsk() {
		return nil
	}
	var listed []listedOrganization
	_, err := src.readZone(ctx, o.zone, state.ReadOptions{Select: func(live *state.Organization, key string) bool {
		listed = append(listed, listedOrganization{live.Name, key, live.ID})
		return false
	}})
	if err != nil || len(listed) == 0 {
		o.askWorkflow = false // the reading that follows tells what is wrong
		return err
	}
	lines := []string{text.Count(len(listed), "organization", "organizations") + " in zone " + o.zone + ":"}
	for _, one := range listed {
		lines = append(lines, fmt.Sprintf("  %s  (%s, id %d)", text.Clean(one.name), one.key, one.id))
	}
	ask.tell(lines...)
	for range mostTries {
		answer, err := ask.line(ctx, "Which? Names or patterns such as acme*, with commas between [all]: ")
		if err != nil || answer == "" {
			return err
		}
		selector, err := selectorOf(answer, listed)
		if err == nil {
			o.selector, src.o.selector = selector, selector
			return nil
		}
		ask.tell(err.Error())
	}
	return errDeclined
}

// selectorOf is what an answer chooses; each of its patterns has to fit something that was listed.
func selectorOf(answer string, listed []listedOrganization) (*export.Selector, error) {
	patterns := strings.FieldsFunc(answer, func(r rune) bool { return r == ',' })
	for i := range patterns {
		patterns[i] = strings.TrimSpace(patterns[i])
	}
	selector, err := export.NewSelector(patterns)
	if err != nil {
		return nil, err
	}
	for _, one := range listed {
		selector.Selects(one.name, one.key)
	}
	if problems := selector.Unmatched("this list"); len(problems) > 0 {
		return nil, errors.New(strings.TrimPrefix(problems[0].Message, "--organization ") + "; " + problems[0].Hint)
	}
	return selector, nil
}

func (o *initOptions) chooseWorkflow(ctx context.Context, ask *asker) error {
	if o.workflow == "" {
		o.workflow = noWorkflow
	}
	if !o.askWorkflow || !ask.canAsk() {
		return nil
	}
	answer, err := ask.choice(ctx, "What shall run makesync: "+text.Or(workflowNames())+"? ["+noWorkflow+"]: ",
		workflowNames(), noWorkflow)
	o.workflow = answer
	return err
}

// planArguments is the plan of what was written.
func (o *initOptions) planArguments(f *folder, secrets bool) []string {
	line := f.arguments("plan", filepath.Join(o.out, mainDocument), filepath.Join(o.out, clientsFolder))
	if secrets {
		line = append(line, "--skip-references")
	}
	return append(line, "--exit-code")
}

// mainDocument is where the settings of all organizations stand; clientsFolder holds a document for
// each.
const (
	mainDocument  = defaultDocument
	clientsFolder = "clients"
)

// schemaBeside is the schema that export lays beside the clients, as the main document sees it.
const schemaBeside = clientsFolder + "/" + document.DefaultSchema
