namespace Gatehouse.Accounts.Sessions;

/// <summary>Browsers by the names that people know them by.</summary>
public static class UserAgents
{
    // In this order: each also claims to be those below it.
    private static readonly (string Mark, string Name)[] Programs =
    [
        ("Edg", "Edge"), ("OPR/", "Opera"), ("MicroMessenger/", "WeChat"), ("SamsungBrowser/", "Samsung Internet"), ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"),
        ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"), ("curl/", "curl"),
    ];

    private static readonly (string Mark, string Name)[] Systems =
        [("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux")];

    /// <summary><c>Firefox · Linux</c>; the start of the text where it is none that is known, null for none.</summary>
    public static string? Short(string? agent)
    {
        if (string.IsNullOrWhiteSpace(agent))
            return null;
        var program = Programs.FirstOrDefault(p => agent.Contains(p.Mark, StringComparison.Ordinal)).Name;
        var system = Systems.FirstOrDefault(p => agent.Contains(p.Mark, StringComparison.Ordinal)).Name;
        return (program, system) switch
        {
            (null, _) => agent.Length <= 40 ? agent : agent[..40] + "…",
            (_, null) => program,
            _ => $"{program} · {system}",
        };
    }
}
