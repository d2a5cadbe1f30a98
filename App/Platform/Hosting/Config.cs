using System.Collections;

namespace Gatehouse.Platform.Hosting;

/// <summary>What the operator has configured is wrong. Each problem is a sentence that names the option and where it stands.</summary>
public sealed class ConfigException(IReadOnlyList<string> problems) : Exception(string.Join(Environment.NewLine, problems))
{
    public ConfigException(string problem) : this([problem])
    {
    }

    public IReadOnlyList<string> Problems { get; } = problems;
}

/// <summary>An option, its value in force, and where that came from.</summary>
public sealed record ConfigValue(ConfigOption Option, string Value, string Origin)
{
    /// <summary>The value, or stars for a secret.</summary>
    public string Shown => Option.Secret && Value.Length > 0 ? "********" : Value;
}

/// <summary>A value given by a flag.</summary>
public sealed record ConfigFlag(string Key, string? Value, string Flag);

/// <summary>The configuration in force: defaults &lt; appsettings.json &lt; environment &lt; flags, checked.</summary>
public sealed class Config
{
    public const string FileName = "appsettings.json";
    private const string Default = "default";
    private const string EnvironmentPrefix = "GATEHOUSE__";

    private Config(IReadOnlyList<ConfigValue> all)
    {
        All = all;
        // Only what was set: who reads it can tell, and Options knows the defaults.
        Configuration = new ConfigurationBuilder().AddInMemoryCollection(all.Where(s => s.Origin != Default).Select(s => new KeyValuePair<string, string?>(s.Option.Key, s.Value))).Build();
    }

    /// <summary>Every option, in the order of <see cref="ConfigOptions.All"/>.</summary>
    public IReadOnlyList<ConfigValue> All { get; }

    public IConfiguration Configuration { get; }

    public string this[string key] => ConfigOptions.Value(Configuration, key);

    /// <summary>Reads and checks all sources. Relative paths are taken from the data folder; an empty value means the default.</summary>
    /// <param name="file">The settings file; null: <c>appsettings.json</c> in the data folder, if there is one.</param>
    /// <exception cref="ConfigException">An unknown option, a value of the wrong kind, or options that do not go together.</exception>
    public static Config Load(string dataFolder, string? file, IEnumerable<ConfigFlag> flags, IDictionary environment)
    {
        var problems = new List<string>();
        var values = ConfigOptions.All.ToDictionary(o => o.Key, o => new ConfigValue(o, o.Default, Default));
        foreach (var (key, value, origin) in FromFile(dataFolder, file).Concat(FromEnvironment(environment)).Concat(FromFlags(flags)))
        {
            if (ConfigOptions.Find(key) is not { } option)
                problems.Add(Unknown(key, origin));
            else if (ConfigRules.Problem(option, Absolute(option, value, dataFolder)) is { } problem)
                problems.Add($"{option.Key} ({origin}) {problem}.");
            else
                values[option.Key] = new ConfigValue(option, value.Length == 0 ? option.Default : Absolute(option, value, dataFolder), origin);
        }
        if (problems.Count == 0)
            problems.AddRange(Together(values));
        return problems.Count == 0
            ? new Config([.. ConfigOptions.All.Select(o => values[o.Key])])
            : throw new ConfigException(problems);
    }

    private static string Absolute(ConfigOption option, string value, string dataFolder) =>
        option.Kind is ConfigOptionKind.File or ConfigOptionKind.Folder && value.Length > 0 ? Path.GetFullPath(value, Path.GetFullPath(dataFolder)) : value;

    private static IEnumerable<(string Key, string Value, string Origin)> FromFile(string dataFolder, string? file)
    {
        var path = Path.GetFullPath(file ?? Path.Combine(dataFolder, FileName));
        if (file is null && !File.Exists(path))
            return [];
        return ConfigFile.Read(path).Select(p => (p.Key, p.Value, path));
    }

    private static IEnumerable<(string Key, string Value, string Origin)> FromEnvironment(IDictionary environment) =>
        from DictionaryEntry entry in environment
        let name = (string)entry.Key
        where name.StartsWith(EnvironmentPrefix, StringComparison.OrdinalIgnoreCase)
        orderby name
        select (name[EnvironmentPrefix.Length..].Replace("__", ":"), (string?)entry.Value ?? "", "environment " + name);

    private static IEnumerable<(string Key, string Value, string Origin)> FromFlags(IEnumerable<ConfigFlag> flags) =>
        from flag in flags where flag.Value is not null select (flag.Key, flag.Value!, "flag " + flag.Flag);

    private static string Unknown(string key, string origin)
    {
        var nearest = Nearest.To(key, ConfigOptions.All.Select(o => o.Key));
        return $"There is no option {key} ({origin}). " + (nearest is null ? "See appsettings.example.json for those there are." : $"Did you mean {nearest}?");
    }

    private static IEnumerable<string> Together(Dictionary<string, ConfigValue> values)
    {
        string Of(string key) => values[key].Value;
        if (Of("Server:Certificate").Length > 0 != Of("Server:CertificateKey").Length > 0)
            yield return "Server:Certificate and Server:CertificateKey belong together: set both or neither.";
        else if (Of("Server:Certificate").Length == 0 && ConfigRules.Addresses(Of("Server:Urls")).Any(a => a.StartsWith("https:", StringComparison.OrdinalIgnoreCase)))
            yield return $"Server:Urls ({values["Server:Urls"].Origin}) has an https address: set Server:Certificate and Server:CertificateKey too.";
    }
}
