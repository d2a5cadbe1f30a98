using Gatehouse.Platform.Keys;
using Gatehouse.Platform.Ui;
using Gatehouse.Relays.Servers;
using Microsoft.AspNetCore.Components;

namespace Gatehouse.Relays.Containers;

/// <summary>Servers of kind <c>docker</c>: the services of this room.</summary>
public static class ContainerSetup
{
    public static void AddContainers(this IServiceCollection services)
    {
        services.AddSealed(new SealedColumn("relay_container_links", "id", "sealed_secret", ContainerForms.Purpose, "UPDATE relay_container_links SET sealed_secret = ''"));
        services.AddSealed(new SealedColumn("relay_left_engines", "id", "sealed_secrets", "relay-server", "UPDATE relay_left_engines SET sealed_secrets = ''"));
        services.AddSingleton(_ => RelayProgram.Own);
        services.AddSingleton<RelayImages>();
        services.AddSingleton<DockerKind>();
        services.AddSingleton<ContainerForms>();
        services.AddSingleton<LeftEngines>();
        services.AddSingleton(new ServersNotice(LeftEnginePages.Notice));
        services.AddSingleton<DockerChecks>();
        services.AddSingleton<EngineRound>();
        services.AddSingleton<Reconciler>();
        services.AddHostedService(s => s.GetRequiredService<Reconciler>());
        services.AddSingleton(s => new ServerKind(RelayServer.Docker, (server, progress, ct) => s.GetRequiredService<DockerChecks>().Try(server, ct, progress)) { Keep = s.GetRequiredService<DockerKind>().Keep, Left = s.GetRequiredService<DockerKind>().Left });
        services.AddSingleton(new ServerPanel(5, (_, server) => Task.FromResult<RenderFragment?>(server.Kind == RelayServer.Docker ? ComponentFragment.Of<DockerPanel>((nameof(DockerPanel.Server), server)) : null)));
    }
}
