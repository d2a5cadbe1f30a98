using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Cryptography;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Derp;

/// <summary>The relay's image under a real engine, locked down as its README says, with clients outside that talk through the mapped ports.</summary>
public sealed class ImageTests(RelayContainer container) : IClassFixture<RelayContainer>
{
    private const byte SendPacket = 4, RecvPacket = 5, Ping = 0x12, Pong = 0x13;

    [Fact]
    public async Task The_image_is_small_and_made_for_an_ordinary_user()
    {
        var size = long.Parse(await TestDocker.Run("image", "inspect", "--format", "{{.Size}}", container.Image));
        Assert.InRange(size, 10_000_000, 120_000_000);
        Assert.Equal("65532:65532 map[/data:{}] [/gatehouse relay]", await TestDocker.Run("image", "inspect", "--format", "{{.Config.User}} {{.Config.Volumes}} {{.Config.Entrypoint}}", container.Image));
    }

    [Fact]
    public async Task Building_it_again_makes_the_same_bytes()
    {
        using var folder = new TestFolder();
        var hashes = new List<string>();
        foreach (var name in new[] { "first.tar", "second.tar" })
        {
            await container.Build("--tar", folder.File(name));
            await using var file = File.OpenRead(folder.File(name));
            hashes.Add(Convert.ToHexString(await SHA256.HashDataAsync(file)));
        }
        Assert.Single(hashes.Distinct());
    }

    [Fact]
    public async Task Clients_outside_talk_to_each_other_through_the_mapped_port()
    {
        using var alice = await container.Connect(container.Alice);
        using var bob = await container.Connect(container.Bob);

        alice.Send(Ping, [1, 2, 3, 4, 5, 6, 7, 8]);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], alice.Next(Pong));

        foreach (var length in new[] { 8, 1_200, 65_536 })
        {
            var data = RandomNumberGenerator.GetBytes(length);
            alice.Send(SendPacket, container.Bob.Public, data);
            var arrived = bob.Next(RecvPacket);
            Assert.Equal(container.Alice.Public, arrived[..32]);
            Assert.Equal(data, arrived[32..]);
        }
        bob.Send(SendPacket, container.Alice.Public, "and back"u8.ToArray());
        Assert.Equal([.. container.Bob.Public, .. "and back"u8], alice.Next(RecvPacket));
    }

    [Fact]
    public async Task Who_is_not_on_the_mounted_list_stays_outside()
    {
        var stranger = NodeSecret.Make();
        await Assert.ThrowsAnyAsync<IOException>(() => container.Connect(stranger));
    }

    [Fact]
    public async Task Stun_answers_through_the_mapped_port()
    {
        byte[] transaction = RandomNumberGenerator.GetBytes(12);
        byte[] request = [0, 1, 0, 0x14, 0x21, 0x12, 0xA4, 0x42, .. transaction, 0x80, 0x22, 0, 8, .. "tailnode"u8];
        var fingerprint = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(fingerprint, Crc32(request) ^ 0x5354554E);
        using var udp = new UdpClient(AddressFamily.InterNetwork);
        udp.Connect(await container.Port("3478/udp"));
        using var patience = new CancellationTokenSource(DerpTestClient.Patience);
        await udp.SendAsync((byte[])[.. request, 0x80, 0x28, 0, 4, .. fingerprint], patience.Token);
        var answer = (await udp.ReceiveAsync(patience.Token)).Buffer;
        Assert.Equal(32, answer.Length);
        Assert.Equal([1, 1, 0, 0x0C, 0x21, 0x12, 0xA4, 0x42, .. transaction, 0, 0x20, 0, 8, 0, 1], answer[..26]);
    }

    [Fact]
    public async Task The_engine_finds_it_healthy()
    {
        var clock = Stopwatch.StartNew();
        string health;
        do
        {
            await Task.Delay(200);
            health = await TestDocker.Run("inspect", "--format", "{{.State.Health.Status}}", container.Name);
        }
        while (health == "starting" && clock.Elapsed < TimeSpan.FromMinutes(1));
        Assert.Equal("healthy", health);

        // And would say so if it were not: nothing listens there.
        Assert.Equal(1, (await TestDocker.Try("exec", container.Name, "/gatehouse", "relay", "healthcheck", "--listen", ":9")).Code);
    }

    [Fact]
    public async Task A_restart_keeps_the_key_and_the_certificate()
    {
        using var before = await container.Connect(container.Alice);
        Assert.Contains($"Key: {Convert.ToHexStringLower(before.RelayKey)}", await container.Logs());
        Assert.Contains($"CertName: sha256-raw:{Convert.ToHexStringLower(SHA256.HashData(before.Certificate))}", await container.Logs());

        await TestDocker.Run("restart", container.Name);
        await container.Ready();
        using var after = await container.Connect(container.Alice);
        Assert.Equal(before.RelayKey, after.RelayKey);
        Assert.Equal(before.Certificate, after.Certificate);
    }

    [Fact]
    public async Task It_runs_without_rights_and_writes_nothing_but_its_data()
    {
        var process = await TestDocker.Run("inspect", "--format", "{{.State.Pid}}", container.Name);
        var status = await File.ReadAllTextAsync($"/proc/{process}/status");
        Assert.Matches(@"\nUid:\t65532\t65532\t65532\t65532\n", status);
        Assert.Matches(@"\nCapEff:\t0{16}\n", status);
        Assert.Matches(@"\nNoNewPrivs:\t1\n", status);
        // The engine's own mount point apart.
        Assert.Equal("A /allow", await TestDocker.Run("diff", container.Name));

        // And it cannot: a folder anywhere else is refused.
        var (code, said) = await TestDocker.Try("run", "--pull", "never", "--rm", "--read-only", "--name", container.Name + "-astray",
            container.Image, "--data", "/elsewhere", "--self-signed");
        Assert.NotEqual(0, code);
        Assert.Contains("/elsewhere", said);
    }

    private static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        var crc = ~0u;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (0xEDB88320 & (0 - (crc & 1)));
        }
        return ~crc;
    }
}
