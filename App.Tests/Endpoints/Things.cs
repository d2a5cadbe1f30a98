using System.Text.RegularExpressions;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Endpoints;

/// <summary>
/// The things that one request names: each is made when it is first asked for, in one tenant, and known by its name from then on.
/// How a thing is made is declared by its feature.
/// </summary>
/// <param name="account">The account of whoever sends the request; null when nobody is signed in.</param>
public sealed partial class Things(TestServer server, string tenant, HttpClient owner, string? account)
{
    /// <summary>Names that begin so stand for what is not there yet.</summary>
    public const string New = "new_";

    private static long _count;
    private readonly Dictionary<string, string> _made = [];
    private readonly Dictionary<string, string> _labels = [];

    public TestServer Server => server;

    public string Tenant => tenant;

    /// <summary>The REST faces as an owner of the tenant.</summary>
    public HttpClient Owner => owner;

    public string Account => account ?? throw new InvalidOperationException("Nobody is signed in.");

    /// <summary>The names in braces.</summary>
    public static IEnumerable<string> In(string text) => Name().Matches(text).Select(m => m.Groups[1].Value).Where(EndpointCatalogue.Makers.ContainsKey);

    public async Task<string> Get(string name)
    {
        if (!_made.TryGetValue(name, out var value))
        {
            _made[name] = value = await EndpointCatalogue.Makers[name](this);
            Label(value, name);
        }
        return value;
    }

    /// <summary>Takes what is there already for the thing of that name.</summary>
    public void Use(string name, string value) => _made[name] = value;

    public async Task<string> Fill(string text)
    {
        foreach (var name in In(text).Distinct().ToList())
            text = text.Replace("{" + name + "}", await Get(name), StringComparison.Ordinal);
        return text;
    }

    public async Task<Act> Fill(Act act) => new(act.Method, await Fill(act.Path), act.Json is null ? null : await Fill(act.Json), act.Form is null ? null : await Fill(act.Form));

    /// <summary>A text that no other thing has.</summary>
    public string Unique(string word)
    {
        var text = $"{word}{Interlocked.Increment(ref _count)}x";
        Label(text, word);
        return text;
    }

    /// <summary>Makes the text read the same in every <see cref="Plain"/>, whatever it is in this round.</summary>
    public void Label(string value, string name) => _labels.TryAdd(value, $"<{name}>");

    /// <summary>The text with things by their names, and without what is made up anew each time: ids, secrets, hashes, codes.</summary>
    public string Plain(string text)
    {
        // A short number stands in an id by chance.
        foreach (var (value, label) in _labels.OrderByDescending(l => l.Key.Length))
            text = value.All(char.IsAsciiDigit) ? Regex.Replace(text, $@"\b{value}\b", label) : text.Replace(value, label, StringComparison.Ordinal);
        return MadeUp().Replace(text, "#");
    }

    [GeneratedRegex(@"\{([a-z0-9_]+)\}")]
    private static partial Regex Name();

    [GeneratedRegex(@"\$argon2id\$[^ ""]+|[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}|\b[0-9A-Z]{12}\b|\b[0-9A-Za-z_-]{43}\b")]
    private static partial Regex MadeUp();
}
