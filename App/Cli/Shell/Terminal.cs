using System.Text;

namespace Gatehouse.Cli.Shell;

/// <summary>Where a command reads and writes.</summary>
public sealed class Terminal
{
    private readonly TextReader _input;
    private readonly bool _interactive;

    /// <param name="interactive">A person types: passwords are asked for, without echo.</param>
    public Terminal(TextReader input, Stream output, TextWriter error, bool interactive)
    {
        _input = input;
        _interactive = interactive;
        Bytes = output;
        Out = new StreamWriter(output, new UTF8Encoding(false)) { AutoFlush = true };
        Error = error;
    }

    public TextWriter Out { get; }

    /// <summary>What <see cref="Out"/> writes to, for files.</summary>
    public Stream Bytes { get; }

    public TextWriter Error { get; }

    public static Terminal OfProcess() => new(System.Console.In, System.Console.OpenStandardOutput(), System.Console.Error, !System.Console.IsInputRedirected);

    /// <summary>All of standard input.</summary>
    public Task<string> ReadAll(CancellationToken ct) => _input.ReadToEndAsync(ct);

    /// <summary>
    /// A new password, never from the command line, where other users of the machine could see it: one line of standard input when
    /// <paramref name="fromInput"/>, else typed twice without echo.
    /// </summary>
    /// <exception cref="CommandException">Nothing came, or the two differ.</exception>
    public string NewPassword(bool fromInput)
    {
        if (fromInput)
            return _input.ReadLine() is { Length: > 0 } line ? line : throw new CommandException(ExitCode.Usage, "No password came on standard input.");
        if (!_interactive)
            throw new CommandException(ExitCode.Usage, "There is no terminal to ask for the password: give it on standard input with --password-stdin.");
        var password = Ask("Password: ");
        return Ask("Again: ") == password ? password : throw new CommandException(ExitCode.Usage, "The two passwords differ.");
    }

    /// <summary>Columns under their headings, as wide as they need.</summary>
    public void Table(IReadOnlyList<string> headings, IEnumerable<IReadOnlyList<string>> rows)
    {
        var lines = rows.Prepend(headings).ToList();
        var widths = headings.Select((_, i) => lines.Max(l => l[i].Length)).ToArray();
        foreach (var line in lines)
            Out.WriteLine(string.Join("  ", line.Select((cell, i) => cell.PadRight(widths[i]))).TrimEnd());
    }

    private string Ask(string prompt)
    {
        // To standard error: standard output may be piped.
        Error.Write(prompt);
        var typed = new StringBuilder();
        while (System.Console.ReadKey(intercept: true) is var key && key.Key != ConsoleKey.Enter)
        {
            if (key.Key == ConsoleKey.Backspace)
                typed.Length = Math.Max(0, typed.Length - 1);
            else if (!char.IsControl(key.KeyChar))
                typed.Append(key.KeyChar);
        }
        Error.WriteLine();
        return typed.ToString();
    }
}
