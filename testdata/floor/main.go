// Floor calls what makesync calls of its libraries, and has no other line: its size is what a
// makesync without any code of its own would have. .ci/release prints it beside the binary's.
package main

import (
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"os"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/ext"
	"github.com/hiddeco/sshsig"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/r3labs/diff/v3"
	"github.com/urfave/cli/v2"
	"github.com/xeipuuv/gojsonschema"
	yamlnodes "go.yaml.in/yaml/v3"
	"golang.org/x/crypto/scrypt"
	"golang.org/x/crypto/ssh/agent"
	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
	"sigs.k8s.io/yaml"
)

func main() {
	app := &cli.App{Flags: []cli.Flag{&cli.StringFlag{Name: "text"}}, Action: run}
	fmt.Println(app.Run(os.Args))
}

func run(c *cli.Context) error {
	text := c.String("text")
	for _, use := range []func(string) (any, error){network, schema, fields, documents, policies, signatures, metrics, pages, words} {
		fmt.Println(use(text))
	}
	return nil
}

func network(url string) (any, error) {
	reply, err := (&http.Client{Transport: &http.Transport{ForceAttemptHTTP2: true}}).Get(url)
	if err != nil {
		return nil, (&http.Server{Addr: url}).ListenAndServe()
	}
	return io.ReadAll(reply.Body)
}

func schema(text string) (any, error) {
	loader := gojsonschema.NewSchemaLoader()
	loader.Draft, loader.AutoDetect, loader.Validate = gojsonschema.Draft7, false, true
	compiled, err := loader.Compile(gojsonschema.NewBytesLoader([]byte(text)))
	if err != nil {
		return nil, err
	}
	return compiled.Validate(gojsonschema.NewGoLoader(text))
}

func fields(text string) (any, error) {
	return diff.Diff(map[string]string{"a": text}, map[string]string{})
}

func documents(text string) (any, error) {
	var nodes yamlnodes.Node
	var value map[string]any
	if err := yamlnodes.Unmarshal([]byte(text), &nodes); err != nil {
		return nil, err
	}
	if err := yaml.UnmarshalStrict([]byte(text), &value); err != nil {
		return json.Marshal(value)
	}
	return yaml.Marshal(value)
}

func policies(text string) (any, error) {
	env, err := cel.NewEnv(cel.Variable("plan", cel.DynType), ext.Strings(ext.StringsVersion(4)))
	if err != nil {
		return nil, err
	}
	parsed, issues := env.Compile(text)
	program, err := env.Program(parsed, cel.CostLimit(1000), cel.EvalOptions(cel.OptOptimize))
	if err != nil {
		return issues, err
	}
	value, _, err := program.Eval(map[string]any{"plan": text})
	return value, err
}

func signatures(text string) (any, error) {
	signature, err := sshsig.Unarmor([]byte(text))
	if err != nil {
		return agent.NewClient(os.Stdin).List()
	}
	if err := sshsig.Verify(os.Stdin, signature, signature.PublicKey, sshsig.HashSHA512, text); err != nil {
		return nil, err
	}
	return scrypt.Key([]byte(text), nil, 2, 1, 1, 1)
}

func metrics(text string) (any, error) {
	return expfmt.MetricFamilyToText(os.Stdout, &dto.MetricFamily{Name: &text})
}

func pages(text string) (any, error) {
	page, err := template.New("").Parse(text)
	if err != nil {
		return nil, err
	}
	return nil, page.Execute(os.Stdout, text)
}

func words(text string) (any, error) { return idna.Lookup.ToUnicode(norm.NFC.String(text)) }
