package command

import (
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v2"

	"makesync/spec/text"
)

// The scripts are written from the command tree and hold all of it, so that completing
// starts no process. Each shell gets the same table: path of a command → its words.

func completionCommand(r *runtimeEnv) *cli.Command {
	return &cli.Command{
		Name:        "completion",
		Usage:       "print a completion script: bash, zsh, fish, powershell",
		ArgsUsage:   "bash|zsh|fish|powershell",
		Description: "Completes commands, their choices and flags. Load it in the shell's start-up file.",
		UsageText:   "source <(makesync completion bash)\nmakesync completion fish > ~/.config/fish/completions/makesync.fish",
		Action: r.action(arity{1, 1, "bash, zsh, fish or powershell"}, func(c *cli.Context) error {
			write, ok := completionScripts[c.Args().First()]
			if !ok {
				return badUsage(
					c,
					"completion for %s: one of bash, zsh, fish, powershell",
					text.ShellQuote(c.Args().First()),
				)
			}
			_, err := io.WriteString(r.Stdout, write(completions("", &cli.Command{Subcommands: commands(r)})))
			return err
		}),
	}
}

// completion is what can follow a command.
type completion struct {
	path      string   // "", "plan", "sandbox serve"
	arguments []string // commands below it, or what its argument can be
	flags     []string
}

// completions flattens the tree, parents first.
func completions(path string, c *cli.Command) []completion {
	here := completion{path: path, arguments: append(commandNames(c.Subcommands), choices(c.ArgsUsage)...)}
	for _, f := range c.Flags {
		for _, name := range f.Names() {
			here.flags = append(here.flags, dashed(name))
		}
	}
	all := []completion{here}
	for _, sub := range c.Subcommands {
		all = append(all, completions(strings.TrimSpace(path+" "+sub.Name), sub)...)
	}
	for i := range all {
		if all[i].path == "help" {
			all[i].arguments = here.arguments
		}
	}
	return all
}

// choices are the words of which an argument is one, as its usage says it: bash|zsh, [plan|report].
func choices(usage string) []string {
	if !strings.Contains(usage, "|") {
		return nil
	}
	return strings.Split(strings.Trim(usage, "[]"), "|")
}

func (c completion) words() string {
	return strings.Join(append(append([]string{}, c.arguments...), c.flags...), " ")
}

var completionScripts = map[string]func([]completion) string{
	"bash": bashCompletion, "zsh": zshCompletion, "fish": fishCompletion, "powershell": powershellCompletion,
}

// shellCases are the branches of a case statement over the command's path, for bash and zsh.
func shellCases(all []completion) string {
	var b strings.Builder
	for _, c := range all {
		fmt.Fprintf(&b, "    %q) words=%q ;;\n", c.path, c.words())
	}
	return b.String()
}

// shellPaths are the paths of all commands, one a line, against which words are collected.
func shellPaths(all []completion) string {
	var paths []string
	for _, c := range all[1:] {
		paths = append(paths, fmt.Sprintf("%q", c.path))
	}
	return strings.Join(paths, "|")
}

const bashTemplate = `# bash completion for makesync
_makesync() {
  local current="${COMP_WORDS[COMP_CWORD]}" path="" next words word
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    next="${path:+$path }$word"
    case "$next" in
    PATHS) path="$next" ;;
    esac
  done
  case "$path" in
CASES  esac
  if [[ "$current" == -* || "$path" == "" ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$current"))
  else
    COMPREPLY=($(compgen -W "$words" -- "$current") $(compgen -f -- "$current"))
  fi
}
complete -o filenames -F _makesync makesync
`

func bashCompletion(all []completion) string { return fillShell(bashTemplate, all) }

const zshTemplate = `#compdef makesync
# zsh completion for makesync
_makesync() {
  local path_="" next words_ word
  for word in "${(@)words[2,CURRENT-1]}"; do
    next="${path_:+$path_ }$word"
    case "$next" in
    PATHS) path_="$next" ;;
    esac
  done
  case "$path_" in
CASES  esac
  compadd -- ${=words_}
  [[ "$path_" == "" ]] || _files
}
compdef _makesync makesync
`

func zshCompletion(all []completion) string {
	return strings.ReplaceAll(fillShell(zshTemplate, all), ") words=", ") words_=")
}

func fillShell(template string, all []completion) string {
	return strings.NewReplacer("PATHS", shellPaths(all), "CASES", shellCases(all)).Replace(template)
}

func fishCompletion(all []completion) string {
	var b strings.Builder
	b.WriteString("# fish completion for makesync\n")
	for _, c := range all {
		condition := "__fish_use_subcommand"
		if c.path != "" {
			condition = "__fish_seen_subcommand_from " + c.path[strings.LastIndex(c.path, " ")+1:]
		}
		for _, name := range c.arguments {
			fmt.Fprintf(&b, "complete -c makesync -f -n '%s' -a %s\n", condition, name)
		}
		for _, name := range c.flags {
			option := "-l " + strings.TrimPrefix(name, "--")
			if !strings.HasPrefix(name, "--") {
				option = "-s " + strings.TrimPrefix(name, "-")
			}
			fmt.Fprintf(&b, "complete -c makesync -n '%s' %s\n", condition, option)
		}
	}
	return b.String()
}

const powershellTemplate = `# PowerShell completion for makesync
Register-ArgumentCompleter -Native -CommandName makesync -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $table = @{
TABLE  }
  $path = ''
  foreach ($element in $commandAst.CommandElements | Select-Object -Skip 1) {
    $next = "$path $element".Trim()
    if ($table.ContainsKey($next)) { $path = $next }
  }
  $table[$path] -split ' ' | Where-Object { $_ -like "$wordToComplete*" } |
    ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
}
`

func powershellCompletion(all []completion) string {
	var b strings.Builder
	for _, c := range all {
		fmt.Fprintf(&b, "    '%s' = '%s'\n", c.path, c.words())
	}
	return strings.Replace(powershellTemplate, "TABLE", b.String(), 1)
}
