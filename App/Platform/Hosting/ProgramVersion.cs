using System.Reflection;
using System.Text.RegularExpressions;

namespace Gatehouse.Platform.Hosting;

public static class ProgramVersion
{
    /// <summary>Such as <c>0.1.0</c>.</summary>
    public static string Current { get; } =
        (typeof(ProgramVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0").Split('+')[0];
}

/// <summary>How a person calls this program where it runs, so that the commands it names can be typed as they stand.</summary>
public static partial class ProgramName
{
    private const string Name = "gatehouse";

    /// <summary>Names the command where only the surroundings know it, such as <c>docker compose exec gatehouse /gatehouse</c>.</summary>
    public const string Variable = "GATEHOUSE_COMMAND";

    public static string Current { get; } = Of(Environment.GetEnvironmentVariable(Variable), Environment.ProcessPath, Environment.GetEnvironmentVariable("PATH"));

    /// <summary>The text with every command in it called as it is here.</summary>
    public static string In(string text) => Current == Name ? text : Command().Replace(text, Current.Replace("$", "$$", StringComparison.Ordinal));

    /// <param name="own">The file that runs.</param>
    /// <param name="folders">Where a shell looks for commands.</param>
    internal static string Of(string? named, string? own, string? folders)
    {
        if (!string.IsNullOrWhiteSpace(named))
            return named;
        // Run by dotnet, while it is being worked on.
        if (own is null || Path.GetFileName(own) != Name)
            return Name;
        foreach (var folder in (folders ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries))
            if (Path.Combine(folder, Name) is var found && File.Exists(found))
                return (File.ResolveLinkTarget(found, returnFinalTarget: true)?.FullName ?? found) == own ? Name : Quoted(own);
        return Quoted(own);
    }

    private static string Quoted(string path) => path.Any(c => !char.IsAsciiLetterOrDigit(c) && !"/._-+".Contains(c)) ? $"'{path.Replace("'", "'\\''", StringComparison.Ordinal)}'" : path;

    [GeneratedRegex(@"\bgatehouse(?= (serve|setup-link|admin|token|plan|keys|key|audit|db|relay|relay-host|check-config|healthcheck|version)\b)")]
    private static partial Regex Command();
}
