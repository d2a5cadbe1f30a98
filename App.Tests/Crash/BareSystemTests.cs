using System.Diagnostics;
using System.Text;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Crash;

/// <summary>The published binary in the barest of containers: no /etc at all, so no entry in passwd for its number, no HOME, no environment.</summary>
public sealed class BareSystemTests
{
    // Within mounts of its own, that end with it. The programs that it becomes keep its process id.
    private const string Script =
        """
        set -e
        root=$1
        mkdir -p $root/usr $root/proc $root/dev
        for link in lib lib64 bin; do ln -s usr/$link $root/$link; done
        mount --bind /usr $root/usr
        mount --bind /proc $root/proc
        mount --bind /dev $root/dev
        mkdir -m 1777 $root/tmp
        mkdir -m 700 $root/data
        [ -z "$2" ] || chown 54321:54321 $root/data
        exec env -i $(command -v chroot || echo /usr/sbin/chroot) $2 $root /gatehouse serve --data /data --urls http://127.0.0.1:0
        """;

    [Fact]
    public async Task It_serves_as_a_user_that_nobody_knows()
    {
        using var folder = new TestFolder();
        var root = Directory.CreateDirectory(folder.File("root")).FullName;
        foreach (var open in new[] { folder.Path, root })
            File.SetUnixFileMode(open, File.GetUnixFileMode(open) | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        File.Copy(await Appliance.Binary(), Path.Combine(root, "gatehouse"));
        string[] privileged = Environment.IsPrivilegedProcess ? [] : ["--map-root-user"];
        var start = new ProcessStartInfo("unshare", [.. privileged, "--mount", "--propagation", "private", "sh", "-c", Script, "sh", root, Environment.IsPrivilegedProcess ? "--userspec=54321:54321" : ""])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var said = new StringBuilder();
        var ready = new TaskCompletionSource();
        void Hear(string? line)
        {
            if (line is null)
                return;
            lock (said)
                said.AppendLine(line);
            // The last that it says: by then it has made the link, and written in whose name.
            if (line.StartsWith("A new link:", StringComparison.Ordinal))
                ready.TrySetResult();
        }
        process.OutputDataReceived += (_, line) => Hear(line.Data);
        process.ErrorDataReceived += (_, line) => Hear(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await Task.WhenAny(ready.Task, process.WaitForExitAsync(), Task.Delay(TimeSpan.FromMinutes(1)));
            Assert.True(ready.Task.IsCompleted, said.ToString());
            Assert.False(process.HasExited, said.ToString());
            Assert.DoesNotContain("Exception", said.ToString(), StringComparison.Ordinal);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
            await process.WaitForExitAsync();
        }
    }
}
