using System.Collections;
using Gatehouse.Platform.Hosting;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Platform.Hosting;

/// <summary>Where options come from, what they may hold, and what is said when they do not.</summary>
public sealed class ConfigTests
{
    private static readonly Hashtable NoEnvironment = [];

    private static Config Load(TestFolder folder, string? json = null, Hashtable? environment = null, params ConfigFlag[] flags)
    {
        if (json is not null)
            File.WriteAllText(folder.File(Config.FileName), json);
        return Config.Load(folder.Path, null, flags, environment ?? NoEnvironment);
    }

    private static IReadOnlyList<string> Problems(string json)
    {
        using var folder = new TestFolder();
        return Assert.Throws<ConfigException>(() => Load(folder, json)).Problems;
    }

    [Fact]
    public void Later_sources_win_and_each_value_tells_its_own()
    {
        using var folder = new TestFolder();
        const string json = """{"SignIn":{"SessionHours":1,"LockoutFailures":2},"RateLimits:Api:Burst":"7"}""";
        var environment = new Hashtable { ["GATEHOUSE__SignIn__LockoutFailures"] = "3", ["GATEHOUSE__signin__lockoutminutes"] = "4", ["GATEHOUSE_TEST"] = "x", ["PATH"] = "/" };
        var settings = Load(folder, json, environment, new ConfigFlag("Server:Urls", "http://127.0.0.1:1", "--urls"), new ConfigFlag("Logging:Format", null, "--log-format"));
        (string, string) Of(string key) => settings.All.Where(s => s.Option.Key == key).Select(s => (s.Value, s.Origin)).Single();
        Assert.Equal(("1", folder.File(Config.FileName)), Of("SignIn:SessionHours"));
        Assert.Equal(("7", folder.File(Config.FileName)), Of("RateLimits:Api:Burst"));
        Assert.Equal(("3", "environment GATEHOUSE__SignIn__LockoutFailures"), Of("SignIn:LockoutFailures"));
        Assert.Equal(("4", "environment GATEHOUSE__signin__lockoutminutes"), Of("SignIn:LockoutMinutes"));
        Assert.Equal(("http://127.0.0.1:1", "flag --urls"), Of("Server:Urls"));
        Assert.Equal(("text", "default"), Of("Logging:Format"));
        Assert.Equal("3", settings["SignIn:LockoutFailures"]);
        Assert.Null(settings.Configuration["Logging:Format"]);
    }

    [Fact]
    public void An_empty_value_means_the_default()
    {
        using var folder = new TestFolder();
        var settings = Load(folder, """{"SignIn":{"SessionHours":5}}""", new Hashtable { ["GATEHOUSE__SignIn__SessionHours"] = "" });
        Assert.Equal("12", settings["SignIn:SessionHours"]);
    }

    [Theory]
    [InlineData("Server:Url", "Server:Urls")]
    [InlineData("server:urls2", "Server:Urls")]
    [InlineData("Server:Ursl", "Server:Urls")]
    [InlineData("RateLimit:Api:PerSecond", "RateLimits:Api:PerSecond")]
    [InlineData("Storage:Postgress", "Storage:Postgres")]
    public void An_unknown_option_is_refused_naming_the_nearest(string key, string nearest)
    {
        var problem = Assert.Single(Problems($$"""{"{{key}}":"1"}"""));
        Assert.Contains($"no option {key} ", problem);
        Assert.Contains($"Did you mean {nearest}?", problem);
    }

    [Fact]
    public void An_option_like_none_gets_no_guess() => Assert.DoesNotContain("Did you mean", Assert.Single(Problems("""{"Unicorns":true}""")));

    [Fact]
    public void All_problems_are_told_at_once() => Assert.Equal(3, Problems("""{"SignIn":{"SessionHours":0,"Session":1},"RateLimits":{"Enabled":"yes"}}""").Count);

    [Theory]
    [InlineData("SignIn:SessionHours", "0", false)]
    [InlineData("SignIn:SessionHours", "8760", true)]
    [InlineData("SignIn:SessionHours", "8761", false)]
    [InlineData("SignIn:SessionHours", "1.5", false)]
    [InlineData("SignIn:SessionHours", "99999999999999", false)]
    [InlineData("RateLimits:Enabled", "False", true)]
    [InlineData("RateLimits:Enabled", "no", false)]
    [InlineData("Logging:Level", "debug", true)]
    [InlineData("Logging:Level", "Verbose", false)]
    [InlineData("Logging:Format", "xml", false)]
    [InlineData("Server:Urls", "http://*:80;https://[::1]:443", true)]
    [InlineData("Server:Urls", "http://localhost:0", true)]
    [InlineData("Server:Urls", "http://127.0.0.1:80x", false)]
    [InlineData("Server:Urls", "http://keys.example.com", false)]
    [InlineData("Server:Urls", "http://127.0.0.1:99999", false)]
    [InlineData("Server:Urls", "http://127.0.0.1/path", false)]
    [InlineData("Server:Urls", "ftp://127.0.0.1", false)]
    [InlineData("Server:Urls", "127.0.0.1:8080", false)]
    [InlineData("Server:Urls", ";", false)]
    [InlineData("Server:PublicUrl", "https://keys.example.com/", true)]
    [InlineData("Server:PublicUrl", "https://keys.example.com/shop", false)]
    [InlineData("Server:PublicUrl", "https://mia:x@keys.example.com", false)]
    [InlineData("Server:PublicUrl", "keys.example.com", false)]
    [InlineData("Server:TrustedProxies", "127.0.0.1, 10.1.2.3/8, fd00::/8, ::1", true)]
    [InlineData("Server:CorsOrigins", "*", true)]
    [InlineData("Server:CorsOrigins", "https://app.example.com, http://localhost:5173", true)]
    [InlineData("Server:CorsOrigins", "app.example.com", false)]
    [InlineData("Server:CorsOrigins", "https://app.example.com/page", false)]
    [InlineData("Server:TrustedProxies", "10.1", false)]
    [InlineData("Server:TrustedProxies", "10.0.0.0/33", false)]
    [InlineData("Server:TrustedProxies", "nginx", false)]
    [InlineData("Access:StaffNetworks", "203.0.113.0/24, 2001:db8::/32", true)]
    [InlineData("Access:StaffNetworks", " , ", false)]
    [InlineData("Access:StaffNetworks", "the office", false)]
    [InlineData("Server:Certificate", "/no/such/file.pem", false)]
    [InlineData("Storage:Postgres", "Host=db;Database=gatehouse;Username=g;Password=p", true)]
    [InlineData("Storage:Postgres", "Database=gatehouse", false)]
    [InlineData("Storage:Postgres", "Host=db;Port=many", false)]
    [InlineData("Storage:Postgres", "postgres://db/gatehouse", false)]
    public void Values_are_held_to_their_kind(string key, string value, bool good) =>
        Assert.Equal(good, ConfigRules.Problem(ConfigOptions.Find(key)!, value) is null);

    [Fact]
    public void A_network_written_with_an_address_inside_it_is_that_network() =>
        Assert.Equal(["10.0.0.0/8", "192.0.2.7/32", "fd00::/8"], ConfigRules.Networks("10.1.2.3/8,192.0.2.7;fd12::/8").Select(n => n.ToString()));

    [Theory]
    [InlineData("{", "not valid JSON at line 1")]
    [InlineData("{\n \"a\": tru\n}", "not valid JSON at line 2")]
    [InlineData("[]", "one JSON object")]
    [InlineData("\"text\"", "one JSON object")]
    [InlineData("""{"Server":{"Urls":["http://*:1"]}}""", "Server:Urls")]
    [InlineData("""{"SignIn":{"SessionHours":1,"SessionHours":2}}""", "not valid JSON")]
    public void A_broken_file_is_told_with_its_place(string json, string says) => Assert.Contains(says, Assert.Single(Problems(json)));

    [Fact]
    public void A_file_that_was_named_must_be_there()
    {
        using var folder = new TestFolder();
        Assert.Throws<ConfigException>(() => Config.Load(folder.Path, folder.File("no.json"), [], NoEnvironment));
    }

    [Fact]
    public void Https_needs_a_certificate_and_a_certificate_its_key()
    {
        Assert.Contains("Server:Certificate", Assert.Single(Problems("""{"Server":{"Urls":"https://*:443"}}""")));
        using var folder = new TestFolder();
        File.WriteAllText(folder.File("cert.pem"), "");
        Assert.Contains("belong together", Assert.Throws<ConfigException>(() => Load(folder, """{"Server":{"Certificate":"cert.pem"}}""")).Message);
    }

    [Fact]
    public void Paths_are_taken_from_the_data_folder()
    {
        using var folder = new TestFolder();
        Assert.Equal(folder.File("logs"), Load(folder, """{"Logging":{"Folder":"logs"}}""")["Logging:Folder"]);
    }

    [Fact]
    public void Secrets_are_shown_masked_and_their_faults_without_the_value()
    {
        using var folder = new TestFolder();
        var settings = Load(folder, """{"Storage":{"Postgres":"Host=db;Username=g;Password=hunter2hunter2"}}""");
        Assert.DoesNotContain("hunter2", string.Join(' ', settings.All.Select(s => s.Shown)));
        Assert.DoesNotContain("hunter2", Assert.Single(Problems("""{"Storage":{"Postgres":"Password=hunter2hunter2"}}""")));
    }

    [Fact]
    public void The_example_file_holds_exactly_the_known_options_with_their_defaults_and_loads()
    {
        using var folder = new TestFolder();
        var path = Repository.Path("appsettings.example.json");
        Assert.Equal(
            ConfigOptions.All.Select(o => (o.Key, o.Default)).OrderBy(p => p.Key, StringComparer.Ordinal),
            ConfigFile.Read(path).OrderBy(p => p.Key, StringComparer.Ordinal));
        var settings = Config.Load(folder.Path, path, [], NoEnvironment);
        Assert.All(settings.All, s => Assert.Equal(s.Option.Default, s.Value));
    }

    [Theory]
    [InlineData("", "abc", 3)]
    [InlineData("urls", "urls", 0)]
    [InlineData("ursl", "urls", 1)]
    [InlineData("kitten", "sitting", 3)]
    public void Edits_are_counted(string a, string b, int edits) => Assert.Equal(edits, Nearest.Edits(a, b));
}
