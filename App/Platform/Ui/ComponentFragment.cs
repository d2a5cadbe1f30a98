using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Components;

namespace Gatehouse.Platform.Ui;

public static class ComponentFragment
{
    /// <summary>A component with its parameters, to be rendered later by a page that does not know it.</summary>
    public static RenderFragment Of<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.All)] T>(params (string Name, object? Value)[] parameters) where T : IComponent => builder =>
    {
        builder.OpenComponent<T>(0);
        builder.AddMultipleAttributes(1, parameters.Select(p => KeyValuePair.Create(p.Name, p.Value!)));
        builder.CloseComponent();
    };
}
