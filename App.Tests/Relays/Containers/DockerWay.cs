using System.Net;
using System.Text.Json.Nodes;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Relays.Engines;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Relays.Containers;

/// <summary>A way to the tests' engine, as a server's form has it: its socket, TCP with certificates, or SSH with the key of its host, which is shown first and then confirmed.</summary>
internal sealed class DockerWay : IAsyncDisposable
{
    public const string Socket = "socket", Tls = "tls", Ssh = "ssh";

    private DockerWay(JsonObject docker, TestSshd? sshd) => (Docker, Sshd) = (docker, sshd);

    public JsonObject Docker { get; }

    /// <summary>Its host; null where it is another way.</summary>
    public TestSshd? Sshd { get; }

    public static async Task<DockerWay> Open(DockerBench bench, string way)
    {
        if (way == Socket)
            return new(DockerBench.Socket, null);
        if (way == Tls)
            return new(new() { ["url"] = $"tcp://127.0.0.1:{TlsEngineTests.Known.Port}", ["tls"] = new JsonObject { ["ca"] = TlsEngineTests.Known.Authority, ["certificate"] = TlsEngineTests.Known.Certificate, ["key"] = TlsEngineTests.Known.Key } }, null);
        var sshd = await TestSshd.Start();
        var docker = new JsonObject { ["url"] = $"ssh://{Environment.UserName}@127.0.0.1:{sshd.Port}{TestDocker.Host["unix://".Length..]}", ["ssh"] = new JsonObject { ["private_key"] = sshd.Key } };
        var asked = await bench.Owner.PostApi("/api/add_server", DockerBench.Wanted((JsonObject)docker.DeepClone(), bench.Public));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, asked.Status);
        var said = (string)asked["errors"]!["docker.ssh.host_key"]![0]!;
        Assert.Contains(await sshd.Fingerprint(), said);
        docker["ssh"]!["host_key"] = said[said.IndexOf("ssh-ed25519 ", StringComparison.Ordinal)..];
        return new(docker, sshd);
    }

    public async ValueTask DisposeAsync()
    {
        if (Sshd is not null)
            await Sshd.DisposeAsync();
    }
}
