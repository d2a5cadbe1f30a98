using System.Net;
using System.Text;
using Gatehouse.Cli.Shell;
using Gatehouse.Platform.Hosting;
using Gatehouse.Tests.Support;
using Microsoft.Extensions.Configuration;

namespace Gatehouse.Tests.Cli;

/// <summary><c>serve</c>, <c>setup-link</c> and <c>healthcheck</c> as an operator uses them.</summary>
public sealed class ServeTests
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });

    private static string Link(string text) => text.Split('\n').Select(l => l.Trim()).Single(l => l.Contains("/setup?token="));

    [Fact]
    public async Task The_first_start_prints_a_link_that_opens_and_a_new_one_voids_it()
    {
        using var folder = new TestFolder();
        await using var server = await Serving.Start(folder.Path);
        await Wait.Until(() => Task.FromResult(server.Out.Contains("gatehouse setup-link")), () => server.Out);
        var first = Link(server.Out);
        Assert.StartsWith(server.Address, first);
        Assert.Equal(HttpStatusCode.OK, (await Http.GetAsync(first)).StatusCode);

        var ran = await Shell.Run("setup-link", "--data", folder.Path);
        Assert.Equal(ExitCode.Ok, ran.Code);
        // The other process knows the configured address only, not the port that was free.
        var second = server.Address + new Uri(Link(ran.Out)).PathAndQuery;
        Assert.NotEqual(HttpStatusCode.OK, (await Http.GetAsync(first)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await Http.GetAsync(second)).StatusCode);
    }

    [Fact]
    public async Task With_an_owner_there_is_no_link_to_be_had()
    {
        await using var test = await Shell.Installation();
        Assert.Equal(ExitCode.Ok, (await Shell.RunWith("a long pass phrase\n", "admin", "create", "--username", "mia", "--role", "owner", "--password-stdin", "--data", test.Folder.Path)).Code);
        var ran = await Shell.Run("setup-link", "--data", test.Folder.Path);
        Assert.Equal(ExitCode.Failed, ran.Code);
        Assert.Empty(ran.Out);
        await using var server = await Serving.Start(test.Folder.Path);
        Assert.DoesNotContain("/setup", server.Out);
    }

    [Fact]
    public async Task The_link_begins_with_the_public_address()
    {
        await using var test = await Shell.Installation();
        File.WriteAllText(Path.Combine(test.Folder.Path, "appsettings.json"), """{"Server":{"PublicUrl":"https://keys.example.com/"}}""");
        var ran = await Shell.Run("setup-link", "--data", test.Folder.Path);
        Assert.StartsWith("https://keys.example.com/setup?token=", ran.Out);
    }

    [Fact]
    public async Task A_second_server_on_the_folder_is_refused_and_the_folder_is_free_after_the_first()
    {
        using var folder = new TestFolder();
        await using (var first = await Serving.Start(folder.Path))
        {
            var ran = await Shell.Run("serve", "--data", folder.Path, "--urls", "http://127.0.0.1:0");
            Assert.Equal(ExitCode.DataFolder, ran.Code);
            Assert.Contains("already uses", ran.Error);
            Assert.Equal(ExitCode.Ok, await first.Stop());
        }
        await using var again = await Serving.Start(folder.Path);
    }

    [Fact]
    public async Task Stopping_refuses_new_connections_finishes_the_request_in_flight_and_leaves_one_database_file()
    {
        using var folder = new TestFolder();
        var server = await Serving.Start(folder.Path, "--demo");
        var address = server.Address;
        using var body = new SlowBody("""{"code":"VIP-DEMO123456","machine_code":"one"}""");
        // The server says 100 Continue when the endpoint reads the body: then, and not before, the request is in flight there.
        using var patient = new HttpClient(new SocketsHttpHandler { Expect100ContinueTimeout = TimeSpan.FromMinutes(1) });
        using var request = new HttpRequestMessage(HttpMethod.Post, address + "/api/validate") { Content = body, Headers = { ExpectContinue = true } };
        var answer = patient.SendAsync(request);
        await body.Begun.Task;

        var stopped = server.Stop();
        await Wait.Until(async () => !await Connects(address), "it refuses new connections");
        body.Rest.SetResult();
        Assert.Contains("\"first_activation\":true", await (await answer).Content.ReadAsStringAsync());
        Assert.Equal(ExitCode.Ok, await stopped);
        Assert.False(File.Exists(folder.File("gatehouse.db-wal")));
    }

    [Fact]
    public async Task Health_is_0_while_it_serves_and_1_after()
    {
        using var folder = new TestFolder();
        string address;
        await using (var server = await Serving.Start(folder.Path))
        {
            address = server.Address;
            var ran = await Shell.Run("healthcheck", "--data", folder.Path, "--url", address);
            Assert.Equal((ExitCode.Ok, ""), (ran.Code, ran.Error));
        }
        var after = await Shell.Run("healthcheck", "--data", folder.Path, "--url", address);
        Assert.Equal(ExitCode.Failed, after.Code);
        Assert.Contains("does not answer", after.Error);
    }

    [Fact]
    public async Task The_setup_link_goes_by_https_or_stays_on_this_machine()
    {
        using var folder = new TestFolder();
        await File.WriteAllTextAsync(folder.File(Config.FileName), """{"Server":{"PublicUrl":"http://203.0.113.7:8080"}}""");
        await using var server = await Serving.Start(folder.Path);
        await Wait.Until(() => Task.FromResult(server.Out.Contains("gatehouse setup-link")), () => server.Out);
        Assert.Contains("ready at http://203.0.113.7:8080", server.Out, StringComparison.Ordinal);
        Assert.Matches("  http://127.0.0.1:[0-9]+/setup\\?token=", server.Out);
        Assert.StartsWith("http://127.0.0.1:8080/setup?token=", (await Shell.Run("setup-link", "--data", folder.Path)).Out, StringComparison.Ordinal);
        // Where there is no such address, none is made.
        await File.WriteAllTextAsync(folder.File(Config.FileName), """{"Server":{"Urls":"http://203.0.113.7:8080"}}""");
        var refused = await Shell.Run("setup-link", "--data", folder.Path);
        Assert.Equal((ExitCode.Failed, ""), (refused.Code, refused.Out));
        Assert.Contains("ssh -L", refused.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://keys.example.com", "http://0.0.0.0:8080", "https://keys.example.com")]
    [InlineData("", "http://0.0.0.0:8080", "http://localhost:8080")]
    [InlineData("http://203.0.113.7", "https://203.0.113.7:443", "https://203.0.113.7")]
    [InlineData("", "http://203.0.113.7:8080;http://127.0.0.1:9090", "http://127.0.0.1:9090")]
    [InlineData("http://203.0.113.7", "http://203.0.113.7:80", null)]
    public void What_must_not_be_read_on_the_way_goes_by_an_address_that_hides_it(string shown, string urls, string? expected) =>
        Assert.Equal(expected, PublicAddress.Private(new ConfigurationBuilder().AddInMemoryCollection([new("Server:PublicUrl", shown), new("Server:Urls", urls)]).Build()));

    [Fact]
    public async Task Health_is_of_what_runs_from_the_folder_and_not_of_whoever_listens()
    {
        using var folder = new TestFolder();
        using var other = new TestFolder();
        await using var server = await Serving.Start(folder.Path);
        // It says itself where it listens: no setting names the port.
        Assert.Equal((ExitCode.Ok, ""), await Health(folder.Path));
        Assert.Equal(ExitCode.Failed, (await Health(other.Path)).Code);
        Assert.Contains(other.Path, (await Health(other.Path)).Error, StringComparison.Ordinal);
        await using (await Serving.Start(other.Path))
            Assert.Contains("does not run from this data folder", (await Health(other.Path, "--url", server.Address)).Error, StringComparison.Ordinal);
        // As a run that was killed leaves it, when another has the port now.
        await File.WriteAllTextAsync(other.File("gatehouse.running"), "0123456789abcdef " + server.Address);
        Assert.Contains("does not run from this data folder", (await Health(other.Path)).Error, StringComparison.Ordinal);

        static async Task<(int Code, string Error)> Health(string folder, params string[] more)
        {
            var ran = await Shell.Run(["healthcheck", "--data", folder, .. more]);
            return (ran.Code, ran.Error);
        }
    }

    [Theory]
    [InlineData("\"ok\"")]
    [InlineData("[]")]
    [InlineData("hello")]
    public async Task Whatever_else_answers_is_not_taken_for_it(string body)
    {
        using var folder = new TestFolder();
        using var other = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var answered = Task.Run(async () =>
        {
            using var asked = await other.AcceptTcpClientAsync();
            await using var stream = asked.GetStream();
            await stream.ReadAtLeastAsync(new byte[4096], 16, throwOnEndOfStream: false);
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}"));
        });
        var ran = await Shell.Run("healthcheck", "--data", folder.Path, "--url", $"http://{other.LocalEndpoint}");
        await answered;
        Assert.Equal(ExitCode.Failed, ran.Code);
        Assert.Contains("is not Gatehouse", ran.Error);
    }

    [Fact]
    public async Task Demo_data_fills_an_empty_database_and_no_other()
    {
        using var folder = new TestFolder();
        await using (await Serving.Start(folder.Path, "--demo"))
        {
            var keys = (await Shell.Run("keys", "export", "--status", "unused", "--data", folder.Path)).Lines;
            foreach (var sample in new[] { "VIP-DEMO123456", "PREMIUM-TEST789012", "BASIC-SAMPLE345678" })
                Assert.Contains(sample, keys);
            Assert.NotEmpty((await Shell.Run("keys", "export", "--status", "active", "--data", folder.Path)).Lines);
            Assert.Equal(ExitCode.Ok, (await Shell.Run("db", "check", "--data", folder.Path)).Code);
        }
        var before = (await Shell.Run("keys", "export", "--data", folder.Path)).Out;
        await using (var again = await Serving.Start(folder.Path, "--demo"))
            Assert.Contains("has data", again.Error);
        Assert.Equal(before, (await Shell.Run("keys", "export", "--data", folder.Path)).Out);
    }

    private static async Task<bool> Connects(string address)
    {
        using var socket = new System.Net.Sockets.TcpClient();
        try
        {
            await socket.ConnectAsync("127.0.0.1", new Uri(address).Port);
            return true;
        }
        catch (System.Net.Sockets.SocketException)
        {
            return false;
        }
    }

    /// <summary>Sends half of itself, and the rest when it is told.</summary>
    private sealed class SlowBody : StringContent
    {
        private readonly byte[] _bytes;

        public SlowBody(string json) : base(json, Encoding.UTF8, "application/json") => _bytes = Encoding.UTF8.GetBytes(json);

        public TaskCompletionSource Begun { get; } = new();

        public TaskCompletionSource Rest { get; } = new();

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(_bytes.AsMemory(0, 5));
            await stream.FlushAsync();
            Begun.SetResult();
            await Rest.Task;
            await stream.WriteAsync(_bytes.AsMemory(5));
        }
    }
}
